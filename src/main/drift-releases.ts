import { Problem, type Programme } from "../contracts/index.ts";
import type { Action, ActionOutcome } from "../drift/index.ts";
import type { Config } from "../platform/index.ts";
import { readProgrammes } from "../programmes/index.ts";
import { Registry, RegistryError, type Release } from "../registry/index.ts";
import { resolveProgramme } from "../screening/index.ts";
import { registryPath, trainedDir } from "./releases.ts";

type Places = Pick<Config, "MODELS_DIR" | "DATA_DIR">;

/** Who acts, in the registry. */
export const driftActor = "drift loop";

/** Releases as the drift loop needs them: found by digest, and moved on step by step. */
export class DriftReleases {
  readonly #config: Places;
  readonly #registry: Registry;

  constructor(config: Config) {
    this.#config = config;
    this.#registry = new Registry(registryPath(config));
  }

  /** The packs of a release that may be tried; undefined when it is unknown here, retired, or not installed. */
  async candidateOf(programme: string, digest: string): Promise<Programme | undefined> {
    const release = await this.#find(programme, digest);
    if (release === undefined || release.state === "retired") return undefined;
    const releases = new Map([[programme, release.packs]]);
    const installed = await readProgrammes(this.#config.MODELS_DIR, releases, [trainedDir(this.#config)]);
    try {
      return resolveProgramme(installed, programme);
    } catch (error) {
      if (error instanceof Problem) return undefined;
      throw error;
    }
  }

  /** The candidate that was registered under this name, if it was. */
  async registeredBy(actor: string): Promise<string | undefined> {
    const { events } = await this.#registry.verify();
    return events.find((event) => event.type === "registered" && event.actor === actor)?.digest;
  }

  /** One step in the registry. A step that was made already is found made. */
  async move(
    programme: string,
    { kind, candidate, why, id }: Extract<Action, { kind: "shadow" | "activate" | "retire" }>,
  ): Promise<ActionOutcome> {
    const release = await this.#find(programme, candidate);
    if (release === undefined) return { kind: "impossible", why: "the candidate is not registered" };
    const decision = { actor: driftActor, reason: why, evidence: { action: id } };
    const { state } = release;
    if (kind === "retire") {
      // Who made it active meanwhile has decided otherwise.
      if (state === "candidate" || state === "shadow") await this.#registry.retire(candidate, decision);
      return { kind: "done" };
    }
    if (state === "retired") return { kind: "impossible", why: "the candidate was retired" };
    const isThere = state === "active" || (kind === "shadow" && state === "shadow");
    if (!isThere && state === "candidate" && kind === "activate")
      return { kind: "impossible", why: "the candidate has not been in shadow" };
    if (!isThere) await this.#registry.promote(candidate, decision);
    return { kind: "done" };
  }

  async #find(programme: string, digest: string): Promise<Release | undefined> {
    try {
      const { release } = await this.#registry.show(digest);
      return release.programme === programme ? release : undefined;
    } catch (error) {
      if (error instanceof RegistryError && error.fault === "release-unknown") return undefined;
      throw error;
    }
  }
}
