import type { FaultKind } from "./faults.ts";
import type { SimNode } from "./sim-node.ts";
import type { Place, World } from "./world.ts";

/** Lengths in ms. */
const downMs = [20, 12_000] as const;
const pausedMs = [50, 45_000] as const;
const cutMs = [1000, 60_000] as const;
const drainMs = [300, 3000] as const;
/** A process that was asked to end and has not is killed. */
const stopMs = 8000;
const clockJumpMs = 10_000;

/** Does to the machines of a world what its faults say, until they are healed, and then mends everything. */
export class Nemesis {
  readonly #world: World;
  /** Undoes what still is wrong. */
  readonly #mends = new Set<() => void>();

  constructor(world: World) {
    this.#world = world;
    world.onKilled = (server) => {
      const place = world.places.find((each) => each.server === server);
      if (place?.process.alive === true) this.#kill(place, "item-kills");
    };
  }

  begin(): void {
    this.#plan("node-crash", () => this.#node((node) => this.#crash(node)));
    this.#plan("node-pause", () => this.#node((node) => this.#pause(node.process, "node-pause")));
    this.#plan("node-drain", () => this.#node((node) => this.#drain(node)));
    this.#plan("node-slow", () => this.#node((node) => this.#slow(node)));
    this.#plan("server-crash", () => this.#server((place) => this.#kill(place, "server-crash")));
    this.#plan("server-pause", () => this.#server((place) => this.#pause(place.process, "server-pause")));
    this.#plan("server-stop", () => this.#server((place) => this.#stop(place)));
    this.#plan("link-cut", () => this.#cut());
    this.#plan("bus-down", () => this.#server((place) => this.#disconnect(place)));
    this.#plan("database-down", () => this.#databaseDown());
    this.#plan("database-cut", () => this.#server((place) => this.#databaseCut(place)));
    this.#plan("database-clock", () => this.#jump());
  }

  /** From now on everything works, and everybody is there. */
  heal(): void {
    this.#world.faults.heal();
    for (const mend of [...this.#mends]) mend();
  }

  #plan(kind: FaultKind, strike: () => void): void {
    const { faults, time } = this.#world;
    const ms = faults.waitMs(kind);
    if (ms === undefined) return;
    time.after(ms, () => {
      if (faults.healed) return;
      strike();
      this.#plan(kind, strike);
    });
  }

  /** Mended after a time, or when all is healed, whichever is first. */
  #until(ms: number, mend: () => void): void {
    const once = (): void => {
      if (this.#mends.delete(once)) mend();
    };
    this.#mends.add(once);
    this.#world.time.after(ms, once);
  }

  #struck(kind: FaultKind, who: string): void {
    this.#world.faults.strike(kind);
    this.#world.note(who, `!! ${kind}`);
  }

  #between([low, high]: readonly [number, number]): number {
    const { faultsRandom } = this.#world;
    // Short ones are as frequent as long ones.
    return low * (high / low) ** faultsRandom.next();
  }

  #node(strike: (node: SimNode) => void): void {
    const well = [...this.#world.nodes.values()].filter(({ process }) => process.alive && !process.paused);
    const node = well[Math.floor(this.#world.faultsRandom.between(0, well.length))];
    if (node !== undefined) strike(node);
  }

  #server(strike: (place: Place) => void): void {
    const well = this.#world.places.filter(({ process }) => process.alive && !process.paused);
    const place = well[Math.floor(this.#world.faultsRandom.between(0, well.length))];
    if (place !== undefined) strike(place);
  }

  #crash(node: SimNode, kind: FaultKind = "node-crash"): void {
    this.#struck(kind, node.process.name);
    node.process.kill();
    this.#until(this.#between(downMs), () => node.start());
  }

  #pause(process: SimNode["process"], kind: FaultKind): void {
    this.#struck(kind, process.name);
    process.pause();
    const { run } = process;
    this.#until(this.#between(pausedMs), () => {
      if (process.run === run && process.alive) process.resume();
      this.#world.touch();
    });
  }

  #drain(node: SimNode): void {
    this.#struck("node-drain", node.process.name);
    node.drain();
    const { run } = node.process;
    this.#until(this.#between(drainMs), () => {
      if (!node.process.alive || node.process.run !== run) return;
      node.process.kill();
      node.start();
    });
  }

  #slow(node: SimNode): void {
    this.#struck("node-slow", node.process.name);
    node.slower = this.#between([2, 50]);
    this.#until(this.#between(pausedMs), () => {
      node.slower = 1;
    });
  }

  #kill(place: Place, kind: FaultKind): void {
    this.#struck(kind, place.process.name);
    place.process.kill();
    this.#until(this.#between(downMs), () => this.#world.startServer(place));
  }

  #stop(place: Place): void {
    this.#struck("server-stop", place.process.name);
    const { server } = place;
    const end = (): void => {
      if (place.server !== server || !place.process.alive || ended) return;
      ended = true;
      this.#world.note(place.process.name, "ended");
      place.process.kill();
      this.#until(this.#between(drainMs), () => this.#world.startServer(place));
    };
    let ended = false;
    void server.stop().then(end);
    this.#until(stopMs, end);
  }

  #cut(): void {
    const { network, faultsRandom, nodes } = this.#world;
    const names = [...nodes.keys()];
    const name = names[Math.floor(faultsRandom.between(0, names.length))] as string;
    // One way only, or for one server only, as well as both.
    const others = faultsRandom.chance(0.5) ? ["*"] : [`server${Math.floor(faultsRandom.between(0, 3))}`];
    const ways = others.flatMap((other): [string, string][] => [
      [name, other],
      [other, name],
    ]);
    const chosen = faultsRandom.chance(0.5) ? ways : ways.slice(0, 1);
    this.#struck("link-cut", chosen.map((way) => way.join(">")).join(" "));
    const mends = chosen.map(([from, to]) => network.cut(from, to));
    this.#until(this.#between(pausedMs), () => {
      for (const mend of mends) mend();
    });
  }

  #disconnect(place: Place): void {
    if (!place.server.isConnected) return;
    this.#struck("bus-down", place.process.name);
    const { server } = place;
    server.setConnected(false);
    this.#until(this.#between(downMs), () => {
      if (place.server === server && place.process.alive) place.process.deliver(() => server.setConnected(true));
    });
  }

  #databaseDown(): void {
    const { database } = this.#world;
    if (database.isDown) return;
    this.#struck("database-down", "database");
    database.isDown = true;
    this.#until(this.#between(downMs), () => {
      database.isDown = false;
    });
  }

  #databaseCut({ process: { name } }: Place): void {
    const { cut } = this.#world.database;
    if (cut.has(name)) return;
    this.#struck("database-cut", name);
    cut.add(name);
    this.#until(this.#between(cutMs), () => cut.delete(name));
  }

  #jump(): void {
    const { database, faultsRandom } = this.#world;
    this.#struck("database-clock", "database");
    database.aheadMs = faultsRandom.between(-clockJumpMs, clockJumpMs);
  }
}
