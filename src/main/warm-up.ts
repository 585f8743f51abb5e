import type { ProgrammeCatalog } from "../contracts/index.ts";
import type { Engine as AnyEngine } from "./cluster-engine.ts";

/** Longest that a caller waits for packs to be loaded; the loading goes on. */
const warmUpMsMax = 15_000;

type Engine = Pick<AnyEngine, "warm" | "status">;

/** Loads the packs of programmes when they are asked for; who asks for loaded ones waits for nothing. */
export class WarmUp {
  readonly #programmes: ProgrammeCatalog;
  readonly #engine: Engine;

  constructor(programmes: ProgrammeCatalog, engine: Engine) {
    this.#programmes = programmes;
    this.#engine = engine;
  }

  /** @returns whether the packs are loaded and answered a first task; false when not, or not in time */
  async of(id: string): Promise<boolean> {
    const programme = this.#programmes.programmes.get(id);
    if (programme === undefined || "missing" in programme) return false;
    const digests = [programme.fast.digest, programme.fine.digest];
    if (await this.#areWarm(digests)) return true;
    const timeout = new Promise<void>((resolve) => setTimeout(resolve, warmUpMsMax).unref());
    await Promise.race([this.#engine.warm(digests), timeout]).catch(() => undefined);
    return this.#areWarm(digests);
  }

  async #areWarm(digests: readonly string[]): Promise<boolean> {
    const { packs } = await this.#engine.status();
    return digests.every((digest) => packs.includes(digest));
  }
}
