import { type Lineage, type RegistryDraft, type ReleasePacks, type ReleaseState, releaseDigest } from "./event.ts";
import { RegistryError } from "./registry-error.ts";

/** One release and where it stands. */
export interface Release {
  readonly programme: string;
  readonly digest: string;
  readonly packs: ReleasePacks;
  readonly lineage: Lineage;
  readonly state: ReleaseState;
}

export interface RegistryState {
  readonly releases: ReadonlyMap<string, Release>;
  /** By programme: the active release and, oldest first, those a rollback can return to. */
  readonly lines: ReadonlyMap<string, ActiveLine>;
}

export interface ActiveLine {
  readonly active: string | undefined;
  readonly before: readonly string[];
}

export const emptyState: RegistryState = { releases: new Map(), lines: new Map() };
const emptyLine: ActiveLine = { active: undefined, before: [] };

const allowed: Readonly<Record<ReleaseState, readonly ReleaseState[]>> = {
  candidate: ["shadow", "retired"],
  shadow: ["active", "retired"],
  active: ["retired"],
  // Only back to where a rollback leads.
  retired: ["active"],
};

/**
 * What the events add up to. Pure: the same events give the same state.
 * @throws {RegistryError} at the first event that may not follow those before it
 */
export function stateOf(events: Iterable<RegistryDraft>): RegistryState {
  let state = emptyState;
  for (const event of events) state = after(state, event);
  return state;
}

/** @throws {RegistryError} release-exists, release-unknown, transition-illegal, nothing-to-roll-back-to */
export function after(state: RegistryState, event: RegistryDraft): RegistryState {
  return event.type === "registered" ? registered(state, event) : moved(state, event);
}

export const lineOfProgramme = (state: RegistryState, programme: string): ActiveLine =>
  state.lines.get(programme) ?? emptyLine;

/** @throws {RegistryError} release-unknown */
export function releaseOf(state: RegistryState, digest: string): Release {
  const release = state.releases.get(digest);
  if (release === undefined) throw new RegistryError("release-unknown", `no release has the digest ${digest}`);
  return release;
}

function registered(
  { releases, lines }: RegistryState,
  { programme, digest, packs, lineage }: Extract<RegistryDraft, { type: "registered" }>,
): RegistryState {
  if (releases.has(digest)) throw new RegistryError("release-exists", `release ${digest} is registered already`);
  if (digest !== releaseDigest(programme, packs))
    throw new RegistryError("transition-illegal", `${digest} is not the digest of these packs`);
  if (lineage.parent !== null && !releases.has(lineage.parent))
    throw new RegistryError("release-unknown", `the parent ${lineage.parent} is not registered`);
  const release: Release = { programme, digest, packs, lineage, state: "candidate" };
  return { releases: new Map(releases).set(digest, release), lines };
}

function moved(state: RegistryState, event: Extract<RegistryDraft, { type: "state-changed" }>): RegistryState {
  const { programme, digest, from, to, displaced } = event;
  const release = releaseOf(state, digest);
  const line = lineOfProgramme(state, programme);
  if (release.programme !== programme)
    throw new RegistryError("transition-illegal", `release ${digest} is of programme ${release.programme}`);
  if (release.state !== from || !allowed[from].includes(to))
    throw new RegistryError("transition-illegal", `release ${digest} is ${release.state} and cannot become ${to}`);
  if (from === "retired" && line.before.at(-1) !== digest)
    throw new RegistryError("transition-illegal", `release ${digest} is not the one that was active before`);
  if (displaced !== ((to === "active" ? line.active : undefined) ?? null))
    throw new RegistryError("transition-illegal", `release ${digest} displaces another release than the active one`);
  const releases = new Map(state.releases);
  if (displaced !== null) releases.set(displaced, { ...releaseOf(state, displaced), state: "retired" });
  releases.set(digest, { ...release, state: to });
  return { releases, lines: new Map(state.lines).set(programme, lineAfter(line, event)) };
}

function lineAfter(line: ActiveLine, { digest, from, to }: { digest: string; from: string; to: string }): ActiveLine {
  if (from === "active") return { active: undefined, before: line.before };
  if (to !== "active") return line;
  if (from === "retired") return { active: digest, before: line.before.slice(0, -1) };
  return { active: digest, before: line.active === undefined ? line.before : [...line.before, line.active] };
}
