import { type Clock, systemClock } from "../platform/index.ts";
import { type Evidence, type Lineage, type RegistryEvent, type ReleasePacks, releaseDigest } from "./event.ts";
import { EventFile, type EventLog } from "./event-file.ts";
import { RegistryError } from "./registry-error.ts";
import { lineOfProgramme, type Release, releaseOf } from "./release-state.ts";

/** Who decides, why, and on what state of the registry. */
export interface Decision {
  readonly actor: string;
  readonly reason: string;
  /** Figures and names behind the reason. */
  readonly evidence?: Evidence;
  /** Head the decision was made on; when the registry has moved since, it is refused with `head-moved`. */
  readonly expectedSeq?: number;
}

/** A release with everything that happened to it. */
export interface ReleaseHistory {
  readonly release: Release;
  readonly events: readonly RegistryEvent[];
}

/** Which releases there are, which of a programme's is active, and how that came about. */
export class Registry {
  readonly #file: EventFile;

  /** @param path the event file; made with its folder by the first event */
  constructor(path: string, clock: Clock = systemClock) {
    this.#file = new EventFile(path, clock);
  }

  /**
   * Reads the whole chain.
   * @throws {RegistryError} registry-broken with the line
   */
  verify(): Promise<EventLog> {
    return this.#file.read();
  }

  /** In the order of registration. */
  async list(programme?: string): Promise<readonly Release[]> {
    const { state } = await this.#file.read();
    return [...state.releases.values()].filter((each) => programme === undefined || each.programme === programme);
  }

  /** @throws {RegistryError} release-unknown */
  async show(digest: string): Promise<ReleaseHistory> {
    const { state, events } = await this.#file.read();
    const concerns = (event: RegistryEvent): boolean =>
      event.digest === digest || (event.type === "state-changed" && event.displaced === digest);
    return { release: releaseOf(state, digest), events: events.filter(concerns) };
  }

  async active(programme: string): Promise<Release | undefined> {
    const { state } = await this.#file.read();
    const { active } = lineOfProgramme(state, programme);
    return active === undefined ? undefined : releaseOf(state, active);
  }

  /** @throws {RegistryError} release-exists, release-unknown for a parent that is not registered */
  register(
    programme: string,
    release: { readonly packs: ReleasePacks; readonly lineage: Lineage },
    decision: Decision,
  ): Promise<RegistryEvent> {
    const digest = releaseDigest(programme, release.packs);
    return this.#file.append(
      () => ({ type: "registered", programme, digest, ...release, ...wordsOf(decision) }),
      decision.expectedSeq,
    );
  }

  /**
   * One step: a candidate to shadow, a shadow to active. The release that was active is retired by the same event.
   * @throws {RegistryError} release-unknown, transition-illegal
   */
  promote(digest: string, decision: Decision): Promise<RegistryEvent> {
    return this.#file.append((state) => {
      const { programme, state: from } = releaseOf(state, digest);
      if (from === "active" || from === "retired")
        throw new RegistryError("transition-illegal", `release ${digest} is ${from} and cannot be promoted`);
      const to = from === "candidate" ? "shadow" : "active";
      const displaced = (to === "active" && lineOfProgramme(state, programme).active) || null;
      return { type: "state-changed", programme, digest, from, to, displaced, ...wordsOf(decision) };
    }, decision.expectedSeq);
  }

  /**
   * Makes the release active again that was so before the present one, which is retired.
   * @throws {RegistryError} nothing-to-roll-back-to
   */
  rollback(programme: string, decision: Decision): Promise<RegistryEvent> {
    return this.#file.append((state) => {
      const { active, before } = lineOfProgramme(state, programme);
      const digest = before.at(-1);
      if (digest === undefined)
        throw new RegistryError("nothing-to-roll-back-to", `programme ${programme} had no other active release`);
      const displaced = active ?? null;
      const move = { programme, digest, from: "retired", to: "active", displaced } as const;
      return { type: "state-changed", ...move, ...wordsOf(decision) };
    }, decision.expectedSeq);
  }

  /**
   * For good. A programme whose active release is retired has none until one is promoted or rolled back to.
   * @throws {RegistryError} release-unknown, transition-illegal
   */
  retire(digest: string, decision: Decision): Promise<RegistryEvent> {
    return this.#file.append((state) => {
      const { programme, state: from } = releaseOf(state, digest);
      const move = { programme, digest, from, to: "retired", displaced: null } as const;
      return { type: "state-changed", ...move, ...wordsOf(decision) };
    }, decision.expectedSeq);
  }
}

const wordsOf = ({ actor, reason, evidence = {} }: Decision) => ({ actor, reason, evidence });
