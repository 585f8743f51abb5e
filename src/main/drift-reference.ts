import type { Programme, Stratum } from "../contracts/index.ts";
import { type DriftReference, defaultAuditRates, sideOf, type Watched } from "../drift/index.ts";
import { certifiedSteps, combine, decideFirst, decideSecond, logit, opinionOf, upperBound } from "../ensemble/index.ts";
import type { Config } from "../platform/index.ts";
import { releaseDigest } from "../registry/index.ts";
import { type ReferenceFiles, readReferenceFiles } from "./reference-files.ts";
import { trainedDir } from "./releases.ts";

/** What is sure of an error rate that no certificate bounds. */
const confidence = 0.95;

/** Digest of the release that a programme is, whether it is registered or comes with the program. */
export const digestOf = ({ manifest, fast, fine, band }: Programme): string =>
  releaseDigest(manifest.id, {
    fast: { id: fast.id, digest: fast.digest },
    fine: { id: fine.id, digest: fine.digest },
    cascade: { id: band.pack, digest: band.digest },
  });

/**
 * What the monitor needs to know of a release.
 * @returns undefined when the cascade pack does not carry the scores that live cases are compared with
 */
export async function watchedOf(
  config: Pick<Config, "MODELS_DIR" | "DATA_DIR">,
  programme: Programme,
): Promise<Watched | undefined> {
  const files = await readReferenceFiles([config.MODELS_DIR, trainedDir(config)], programme);
  if (files === undefined) return undefined;
  const release = digestOf(programme);
  return {
    programme: programme.manifest.id,
    release,
    fast: programme.fast.digest,
    fine: programme.fine.digest,
    reference: referenceOf(programme, files, release),
    rates: defaultAuditRates,
    steps: certifiedSteps(programme.band),
  };
}

/**
 * Live cases are compared with scores that no reader gave to an image it had learnt from, and with where the training
 * images lie as the encoder sees them, which learnt from none.
 */
export function referenceOf(programme: Programme, files: ReferenceFiles, id: string): DriftReference {
  const { band } = programme;
  const { table, embedding } = files;
  const seen = readTable(programme, table, new Set(embedding?.poor));
  const groups = Math.min(seen.length, files.groups ?? seen.length);
  // Images of one group are one piece of evidence: a count of all of them would look surer than it is.
  const each = groups / seen.length;
  const count = (cases: readonly Compared[], isEvent: (one: Compared) => boolean) => ({
    events: Math.ceil(cases.filter(isEvent).length * each),
    cases: Math.ceil(cases.length * each),
  });
  // Of a kind of case that there was none of, one is counted: then any rate is possible, and nothing is found.
  const contradicted = (stratum: Stratum) => {
    const cases = seen.filter((one) => one.stratum === stratum);
    return cases.length > 0 ? count(cases, ({ disagrees }) => disagrees) : { events: 0, cases: 1 };
  };
  const share = (side: Stratum) => count(seen, (one) => one.side === side);
  const wrong = count(seen, (one) => one.wrong);
  const { missRate, falsePositiveRate } = band.target;
  return {
    id,
    ...(embedding && { embedding }),
    ...(embedding && { poor: count(seen, ({ side, stratum }) => stratum === "band" && side !== "band") }),
    fastLogOdds: seen.map(({ fastLogOdds }) => fastLogOdds),
    groups,
    band,
    shares: { "fast-negative": share("fast-negative"), "fast-positive": share("fast-positive"), band: share("band") },
    disagreement: {
      "fast-negative": contradicted("fast-negative"),
      "fast-positive": contradicted("fast-positive"),
      band: contradicted("band"),
    },
    errorRateMax: Math.max(
      missRate,
      falsePositiveRate,
      band.certificate.certified ? 0 : upperBound(wrong.events, wrong.cases, confidence),
    ),
  };
}

/** An image of the reference as the release would take it as a case. */
interface Compared {
  readonly fastLogOdds: number;
  readonly side: Stratum;
  readonly stratum: Stratum;
  readonly disagrees: boolean;
  readonly wrong: boolean;
}

/** @param poor digests of images that both readers look at whatever the score */
function readTable({ manifest, fast, fine, band }: Programme, table: string, poor: ReadonlySet<string>): Compared[] {
  const [head = "", ...lines] = table.trim().split("\n");
  const names = head.split(",");
  const columns = (reader: string): number[] => names.flatMap((name, i) => (name.startsWith(`${reader}_`) ? [i] : []));
  const [fastColumns, fineColumns] = [columns("fast"), columns("fine")];
  const [digest, label] = [names.indexOf("sha256"), names.indexOf("label")];
  return lines.map((line) => {
    const cells = line.split(",");
    const scores = (at: readonly number[]): number[] => at.map((i) => Number(cells[i]));
    const first = opinionOf(scores(fastColumns), fast.calibration, manifest);
    const second = opinionOf(scores(fineColumns), fine.calibration, manifest);
    const both = combine("cascade", { fast: first, fine: second }, band.fuse, manifest);
    const gradability = poor.has(cells[digest] ?? "") ? "usable" : "gradable";
    const look = { strategy: "cascade", fast: first.positive, gradability, outOfDomain: false } as const;
    const exit = decideFirst(look, band);
    const { outcome } = exit ?? decideSecond({ ...look, combined: both.positive }, band);
    const positive = (cells[label] ?? "").split("|").some((each) => manifest.positive.includes(each));
    const fastLogOdds = logit(first.positive);
    return {
      fastLogOdds,
      side: sideOf(fastLogOdds, band),
      stratum: exit === undefined ? "band" : exit.outcome === "positive" ? "fast-positive" : "fast-negative",
      disagrees: first.positive >= 0.5 !== second.positive >= 0.5,
      wrong: outcome !== "person" && (outcome === "positive") !== positive,
    };
  });
}
