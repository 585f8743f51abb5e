import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Programme } from "../contracts/index.ts";
import { type Config, createLog } from "../platform/index.ts";
import { readProgrammes } from "../programmes/index.ts";
import {
  type Decision,
  Registry,
  RegistryError,
  type RegistryEvent,
  type Release,
  type ReleasePacks,
} from "../registry/index.ts";
import { resolveProgramme } from "../screening/index.ts";
import { LocalPredictor } from "../workers/index.ts";
import { goldenDifference, goldenScores } from "./golden.ts";
import { readActive, recordedGolden, registryPath, trainedDir } from "./releases.ts";

/** One programme with what serves now and every release that was ever registered. */
export interface ModelLine {
  readonly programme: string;
  readonly serving: { readonly fast: string; readonly fine: string; readonly cascade: string } | undefined;
  /** Why it cannot answer. */
  readonly missing?: string;
  readonly releases: readonly Release[];
}

export async function listModels(config: Config): Promise<readonly ModelLine[]> {
  const { programmes } = await readActive(config);
  const releases = await new Registry(registryPath(config)).list();
  return [...programmes].map(([programme, found]) => ({
    programme,
    serving: "missing" in found ? undefined : { fast: found.fast.id, fine: found.fine.id, cascade: found.band.pack },
    ...("missing" in found && { missing: found.missing }),
    releases: releases.filter((each) => each.programme === programme),
  }));
}

/**
 * Registers three packs that were trained together as a candidate, with the scores they must give again whenever they
 * are loaded.
 *
 * @throws {RegistryError} release-exists
 * @throws {Problem} pack-not-installed when a pack cannot be loaded
 */
export async function registerRelease(
  config: Config,
  programme: string,
  ids: Readonly<Record<"fast" | "fine" | "cascade", string>>,
  decision: Decision,
): Promise<RegistryEvent> {
  const packs = await namedPacks(config, ids);
  const registry = new Registry(registryPath(config));
  const parent = (await registry.active(programme))?.digest ?? null;
  const installed = await installedRelease(config, programme, packs);
  const golden = await withPredictor(config, installed, (predictor) => goldenScores(predictor, installed));
  const { trained } = JSON.parse(await readFile(join(trainedDir(config), ids.fast, "manifest.json"), "utf8")) as {
    trained: { code: string; recipe: string; data: { filesSha256: string } };
  };
  const lineage = { dataSha256: trained.data.filesSha256, codeVersion: trained.code, parent, recipe: trained.recipe };
  const evidence = { ...decision.evidence, golden: JSON.stringify(golden) };
  return registry.register(programme, { packs, lineage }, { ...decision, evidence });
}

/** Digests of packs by the bytes of their manifests. */
async function namedPacks(
  config: Config,
  ids: Readonly<Record<"fast" | "fine" | "cascade", string>>,
): Promise<ReleasePacks> {
  const digest = async (id: string): Promise<string> =>
    createHash("sha256")
      .update(await readFile(join(trainedDir(config), id, "manifest.json")))
      .digest("hex");
  const name = async (id: string) => ({ id, digest: await digest(id) });
  return { fast: await name(ids.fast), fine: await name(ids.fine), cascade: await name(ids.cascade) };
}

async function installedRelease(config: Config, programme: string, packs: ReleasePacks): Promise<Programme> {
  return resolveProgramme(
    await readProgrammes(config.MODELS_DIR, new Map([[programme, packs]]), [trainedDir(config)]),
    programme,
  );
}

async function withPredictor<T>(
  config: Config,
  { fast, fine }: Programme,
  act: (predictor: LocalPredictor) => Promise<T>,
): Promise<T> {
  const predictor = new LocalPredictor({
    packs: [fast.load, fine.load],
    workers: 1,
    queueItemsMax: config.QUEUE_ITEMS_MAX,
    queueBytesMax: config.QUEUE_BYTES_MAX,
    queueSecondsMax: config.QUEUE_SECONDS_MAX,
    log: createLog("warn", "models"),
  });
  await predictor.start();
  try {
    return await act(predictor);
  } finally {
    await predictor.drain(config.DRAIN_MS);
  }
}

/**
 * Takes a release one step on, or with `to` all the way. Its files and golden scores are checked before it can become
 * active; a running server changes over by itself.
 *
 * @param release digest or its beginning; default: the newest candidate or shadow of the programme
 * @throws {RegistryError} release-unknown, transition-illegal
 */
export async function promoteRelease(
  config: Config,
  programme: string,
  release: string | undefined,
  decision: Decision,
  to: "next" | "active" = "next",
): Promise<readonly RegistryEvent[]> {
  const registry = new Registry(registryPath(config));
  const chosen = await findRelease(registry, programme, release);
  const fault = await verifyRelease(config, chosen);
  if (fault !== undefined) throw new RegistryError("transition-illegal", fault);
  const events = [await registry.promote(chosen.digest, decision)];
  if (to === "active" && chosen.state === "candidate") events.push(await registry.promote(chosen.digest, decision));
  return events;
}

/**
 * One step back: to the release that was active before, or from the first one to the packs that programme.json names.
 * @throws {RegistryError} nothing-to-roll-back-to
 */
export async function rollbackRelease(config: Config, programme: string, decision: Decision): Promise<RegistryEvent> {
  const registry = new Registry(registryPath(config));
  try {
    return await registry.rollback(programme, decision);
  } catch (error) {
    const active = await registry.active(programme);
    if (!(error instanceof RegistryError) || error.fault !== "nothing-to-roll-back-to" || active === undefined)
      throw error;
    return registry.retire(active.digest, decision);
  }
}

async function findRelease(registry: Registry, programme: string, digest: string | undefined): Promise<Release> {
  const releases = await registry.list(programme);
  const chosen =
    digest === undefined
      ? releases.findLast(({ state }) => state === "candidate" || state === "shadow")
      : releases.find((each) => each.digest.startsWith(digest));
  if (chosen === undefined)
    throw new RegistryError(
      "release-unknown",
      digest === undefined ? `${programme} has no candidate` : `${programme} has no release ${digest}`,
    );
  return chosen;
}

/** Why a release cannot be served as it was registered; undefined when it can. */
export async function verifyRelease(config: Config, release: Release): Promise<string | undefined> {
  try {
    const programme = await installedRelease(config, release.programme, release.packs);
    const recorded = await recordedGolden(new Registry(registryPath(config)), release);
    const found = await withPredictor(config, programme, (predictor) => goldenScores(predictor, programme));
    return recorded && goldenDifference(found, recorded);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

export interface ModelVerdict {
  readonly events: number;
  /** Hash of the last event: keep it elsewhere, and a registry that was cut or written anew shows. */
  readonly headSha256: string;
  readonly faults: readonly string[];
}

/** The chain of events, and for every programme that its packs load and say what they said when they were registered. */
export async function verifyModels(config: Config): Promise<ModelVerdict> {
  const registry = new Registry(registryPath(config));
  const { events, headSha256 } = await registry.verify();
  const faults: string[] = [];
  for (const [programme, found] of (await readActive(config)).programmes) {
    if ("missing" in found) faults.push(`${programme}: ${found.missing}`);
    else {
      const active = await registry.active(programme);
      const fault = active === undefined ? await loads(config, found) : await verifyRelease(config, active);
      if (fault !== undefined) faults.push(`${programme}: ${fault}`);
    }
  }
  return { events: events.length, headSha256, faults };
}

const loads = (config: Config, programme: Programme): Promise<string | undefined> =>
  withPredictor(config, programme, (predictor) => goldenScores(predictor, programme)).then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );

/** @throws {RegistryError} release-unknown */
export async function showRelease(config: Config, programme: string, digest: string | undefined) {
  const registry = new Registry(registryPath(config));
  const release =
    digest === undefined ? await registry.active(programme) : await findRelease(registry, programme, digest);
  if (release === undefined)
    throw new RegistryError(
      "release-unknown",
      `${programme} has no active release: the packs of its programme.json serve`,
    );
  return registry.show(release.digest);
}
