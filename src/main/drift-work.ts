import { type CaseRecord, type CaseStore, isProblem, type Programme, problems } from "../contracts/index.ts";
import type { Action, Watched } from "../drift/index.ts";
import { decideCase, type ScreeningDeps } from "../screening/index.ts";
import { compareReleases, type DriftGateDeps } from "./drift-gate.ts";
import type { DriftWork } from "./drift-loop.ts";
import { digestOf } from "./drift-reference.ts";
import type { DriftReleases } from "./drift-releases.ts";
import { type DriftTrainingDeps, trainFor } from "./drift-training.ts";
import type { LiveCatalog } from "./live-catalog.ts";
import { installedProgrammes } from "./load-packs.ts";

const readingMsMax = 60_000;

export interface DriftWorkDeps extends DriftGateDeps, Omit<DriftTrainingDeps, "releases"> {
  readonly cases: Pick<CaseStore, "getCase">;
  readonly catalog: LiveCatalog;
  readonly releases: DriftReleases;
  readonly screening: Pick<ScreeningDeps, "predictor" | "metrics" | "clock" | "newCaseId">;
}

/** The release is not loaded here yet, or not any more. */
class NotLoaded extends Error {
  override readonly name = "NotLoaded";
}

/** What the drift loop does on a server: trains, compares, moves releases, and has cases read twice. */
export function driftWork(deps: DriftWorkDeps): DriftWork {
  const { catalog, releases, cases } = deps;
  /** As released: a band that was made safer is no part of what is compared. */
  const champion = (programme: string): Programme => {
    const found = installedProgrammes(catalog.released).find(({ manifest }) => manifest.id === programme);
    if (found === undefined) throw new NotLoaded(programme);
    return found;
  };
  const candidate = (digest: string): Programme => {
    const found = catalog.beside.find((each) => digestOf(each) === digest);
    if (found === undefined) throw new NotLoaded(digest);
    return found;
  };
  return {
    perform: async (action: Action, { programme }: Watched, signal) => {
      if (action.kind === "train") return trainFor(deps, action, programme, signal);
      if (action.kind !== "compare") return releases.move(programme, action);
      if ((await releases.candidateOf(programme, action.candidate)) === undefined)
        return { kind: "impossible", why: "the candidate was retired, or is not installed" };
      const both = { champion: champion(programme), candidate: candidate(action.candidate) };
      return compareReleases(deps, action, both, signal);
    },
    mirror: async (digest, { caseId }, signal) => {
      const record = await cases.getCase(caseId);
      const image = record && (await imageOf(deps, record));
      if (record === undefined || image === undefined) return undefined;
      try {
        const read = await decide(deps, candidate(digest), record, image, signal);
        const differs = isPositive(read) !== isPositive(record);
        return { failed: false, differs, championMs: fastMs(record), candidateMs: fastMs(read) };
      } catch (error) {
        // Anything that passes is no fault of the candidate.
        if (!isProblem(error) || problems[error.code].retryable || error.code === "pack-not-installed") throw error;
        return { failed: true };
      }
    },
    compare: async (digest, { caseId, judgement }, signal) => {
      const record = await cases.getCase(caseId);
      const tried = candidate(digest);
      if (record === undefined || judgement === undefined || record.readings[0]?.digest !== tried.fast.digest)
        return undefined;
      const image = await imageOf(deps, record);
      if (image === undefined) return undefined;
      const { decision } = await decide(deps, champion(record.programme), record, image, signal);
      const championWrong = decision.outcome !== "person" && (decision.outcome === "positive") !== judgement.positive;
      return { championWrong, candidateWrong: judgement.wrong };
    },
  };
}

async function imageOf({ objects }: DriftWorkDeps, { image }: CaseRecord) {
  const bytes = await objects.getObject(image.sha256);
  return bytes && { ...image, bytes, uploadedBytes: image.bytes };
}

function decide(
  { screening }: DriftWorkDeps,
  programme: Programme,
  { decision: { strategy } }: CaseRecord,
  image: NonNullable<Awaited<ReturnType<typeof imageOf>>>,
  signal: AbortSignal,
): Promise<CaseRecord> {
  const request = { programme: programme.manifest.id, image, subject: {}, strategy, lane: "bulk" as const };
  return decideCase(screening, programme, { ...request, remainingMs: readingMsMax }, signal);
}

/** Which side it is on: whether a person has to be asked depends on the band, which may have been made safer. */
const isPositive = ({ decision }: CaseRecord): boolean => (decision.positiveProbability ?? decision.probability) >= 0.5;

const fastMs = ({ readings }: CaseRecord): number =>
  Math.round(readings.find(({ reader }) => reader === "fast")?.timings.computeMs ?? 0);
