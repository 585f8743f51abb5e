import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { InstalledBand, Programme } from "../contracts/index.ts";
import { type DriftReference, defaultAuditRates, type Watched } from "../drift/index.ts";
import { certifiedSteps, combine, decideFirst, decideSecond, logit, opinionOf, upperBound } from "../ensemble/index.ts";
import type { Config } from "../platform/index.ts";
import { releaseDigest } from "../registry/index.ts";
import { trainedDir } from "./releases.ts";

/** Scores of readers that did not see the image's fold: what the band was chosen and measured on. */
const scoresFile = "out-of-fold.csv";
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
  const table = await readScores([config.MODELS_DIR, trainedDir(config)], programme.band);
  if (table === undefined) return undefined;
  const release = digestOf(programme);
  return {
    programme: programme.manifest.id,
    release,
    fast: programme.fast.digest,
    fine: programme.fine.digest,
    reference: referenceOf(programme, table, release),
    rates: defaultAuditRates,
    steps: certifiedSteps(programme.band),
  };
}

/** The pack's table, if it is the very one that its manifest names. */
async function readScores(dirs: readonly string[], { pack, digest }: InstalledBand): Promise<string | undefined> {
  for (const dir of dirs) {
    const manifest = await readFile(join(dir, pack, "manifest.json")).catch(() => undefined);
    if (manifest === undefined || sha256(manifest) !== digest) continue;
    const { files } = JSON.parse(manifest.toString("utf8")) as {
      files: Record<string, { sha256: string } | undefined>;
    };
    const table = await readFile(join(dir, pack, scoresFile)).catch(() => undefined);
    if (table !== undefined && sha256(table) === files[scoresFile]?.sha256) return table.toString("utf8");
  }
  return undefined;
}

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

/**
 * Live cases are compared with scores that no reader gave to an image it had learnt from. Embeddings are not among them,
 * so the streams of embeddings are left out.
 *
 * @param table CSV: label, then raw scores as `fast...` and `fine...`
 */
export function referenceOf({ manifest, fast, fine, band }: Programme, table: string, id: string): DriftReference {
  const [head = "", ...lines] = table.trim().split("\n");
  const names = head.split(",");
  const columns = (reader: string): number[] => names.flatMap((name, i) => (name.startsWith(`${reader}_`) ? [i] : []));
  const [fastColumns, fineColumns, label] = [columns("fast"), columns("fine"), names.indexOf("label")];
  const counts = { "fast-negative": nothing(), "fast-positive": nothing(), band: nothing() };
  const fastLogOdds: number[] = [];
  let wrong = 0;
  for (const line of lines) {
    const cells = line.split(",");
    const scores = (at: readonly number[]): number[] => at.map((i) => Number(cells[i]));
    const first = opinionOf(scores(fastColumns), fast.calibration, manifest);
    const second = opinionOf(scores(fineColumns), fine.calibration, manifest);
    const both = combine("cascade", { fast: first, fine: second }, band.fuse, manifest);
    const look = { strategy: "cascade", fast: first.positive, gradability: "gradable", outOfDomain: false } as const;
    const exit = decideFirst(look, band);
    const { outcome } = exit ?? decideSecond({ ...look, combined: both.positive }, band);
    const stratum = exit === undefined ? "band" : exit.outcome === "positive" ? "fast-positive" : "fast-negative";
    counts[stratum].cases++;
    if (first.positive >= 0.5 !== second.positive >= 0.5) counts[stratum].events++;
    const positive = (cells[label] ?? "").split("|").some((each) => manifest.positive.includes(each));
    if (outcome !== "person" && (outcome === "positive") !== positive) wrong++;
    fastLogOdds.push(logit(first.positive));
  }
  const { missRate, falsePositiveRate } = band.target;
  return {
    id,
    fastLogOdds,
    disagreement: {
      "fast-negative": knownOr(counts["fast-negative"]),
      "fast-positive": knownOr(counts["fast-positive"]),
      band: knownOr(counts.band),
    },
    errorRateMax: Math.max(
      missRate,
      falsePositiveRate,
      band.certificate.certified ? 0 : upperBound(wrong, lines.length, confidence),
    ),
  };
}

const nothing = (): { events: number; cases: number } => ({ events: 0, cases: 0 });
/** Of a kind of case that the band did not have, one is counted: then any rate is possible, and nothing is found. */
const knownOr = (count: { events: number; cases: number }) => (count.cases > 0 ? count : { events: 0, cases: 1 });
