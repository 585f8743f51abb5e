import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import {
  type EvaluationRecord,
  evaluationSchema,
  type MissingEvaluation,
  type MissingProgramme,
  type Programme,
} from "../contracts/index.ts";

/** The largest record of the committed programmes has 28 KB. */
const evaluationBytesMax = 1024 * 1024;

/**
 * The measurement of exactly these packs: a record of other packs counts as none, because figures of another model
 * beside an answer would be a lie. Never fails: without a record a programme reads just as well.
 *
 * @param dirs folders with a folder per programme; the first that holds a fitting record wins
 */
export async function readEvaluation(
  dirs: readonly string[],
  programme: Pick<Programme, "manifest" | "fast" | "fine" | "band">,
): Promise<EvaluationRecord | MissingEvaluation> {
  const { id } = programme.manifest;
  let missing = `${id} has no evaluation.json`;
  for (const dir of dirs) {
    const found = await readRecord(join(dir, id, "evaluation.json"));
    if (found === undefined) continue;
    if ("missing" in found) missing = `${id}/evaluation.json ${found.missing}`;
    else if (isOf(found, programme)) return found;
    else missing = `${id}/evaluation.json was measured on other packs than those that serve`;
  }
  return { missing };
}

/** What is known of how well a programme's packs read; undefined where nothing is. */
export function evaluationOf(found: Programme | MissingProgramme | undefined): EvaluationRecord | undefined {
  if (found === undefined || "missing" in found) return undefined;
  const { evaluation } = found;
  return evaluation === undefined || "missing" in evaluation ? undefined : evaluation;
}

async function readRecord(path: string): Promise<EvaluationRecord | MissingEvaluation | undefined> {
  const size = await stat(path).then(
    (file) => file.size,
    () => undefined,
  );
  if (size === undefined) return undefined;
  if (size > evaluationBytesMax) return { missing: `has ${size} bytes, at most ${evaluationBytesMax} are read` };
  try {
    const parsed = evaluationSchema.safeParse(JSON.parse(await readFile(path, "utf8")));
    if (parsed.success) return parsed.data;
    const issue = parsed.error.issues[0];
    return { missing: `cannot be read: ${issue?.path.join(".")}: ${issue?.message}` };
  } catch {
    return { missing: "cannot be read: it is not JSON" };
  }
}

/** Records written before the band was named by digest name it by its pack alone. */
const isOf = (
  { programme, packs, digests }: EvaluationRecord,
  { manifest, fast, fine, band }: Pick<Programme, "manifest" | "fast" | "fine" | "band">,
): boolean =>
  programme === manifest.id &&
  digests.fast === fast.digest &&
  digests.fine === fine.digest &&
  packs.cascade === band.pack &&
  (digests.cascade ?? band.digest) === band.digest;
