import {
  type CaseRecord,
  type CaseSubject,
  type ImageMediaType,
  isProblem,
  mapOutput,
  networkOf,
  Problem,
  type Programme,
} from "../../contracts/index.ts";
import type { SingleUpload } from "../../intake/index.ts";
import { resolveProgramme } from "../../screening/index.ts";
import { setCaseHeaders } from "../case-headers.ts";
import { readSubject, readWishes } from "../case-request.ts";
import { imageUrl, signedUrl } from "../public-links.ts";
import { linksOf } from "../render-case.ts";
import { receiveImage, screenReceived } from "../screen-upload.ts";
import type { GatewayContext, Serving } from "../serving.ts";
import { drScan } from "./dr-answer.ts";
import { readScanFields } from "./dr-scan-fields.ts";
import { programme } from "./dr-severity.ts";
import { deprecate } from "./profile.ts";

/** The source takes `file`; every other system's clients say `image`. */
export const imageFields = ["file", "image"] as const;
/** The source's own limit, which it names and never looks at. */
export const imageBytesMax = 10 * 1024 * 1024;
const mediaTypes: readonly ImageMediaType[] = ["image/jpeg", "image/png"];

const successor = `/v1/programmes/${programme}/cases`;

/** @throws {Problem} as `receiveImage` and `predictDrReceived` */
export async function predictDr(serving: Serving, c: GatewayContext): Promise<Response> {
  // A programme that cannot answer says so before anyone uploads 10 MB to it.
  resolveProgramme(serving.programmes, programme);
  const single = await receiveImage(serving, c, { imageFields, imageBytesMax });
  try {
    return await predictDrReceived(serving, c, single);
  } finally {
    single.release();
  }
}

/**
 * Answers with the scan of an image that was received; releasing it is the caller's.
 * @throws {Problem} image-too-large, image-type-unsupported, field-invalid, person-unknown, and those of `screenReceived`
 */
export async function predictDrReceived(serving: Serving, c: GatewayContext, single: SingleUpload): Promise<Response> {
  deprecate(c, successor);
  const installed = resolveProgramme(serving.programmes, programme);
  const { image, fields } = single;
  if (image.uploadedBytes > imageBytesMax)
    throw new Problem("image-too-large", { detail: `An image file may have at most ${imageBytesMax} bytes.` });
  if (!mediaTypes.includes(image.mediaType))
    throw new Problem("image-type-unsupported", { detail: "The bytes are not those of a JPEG or PNG image." });
  const subjectOf = () => readScanSubject(serving, c, fields);
  const screened = await screenReceived(serving, c, single, { programme, ...readWishes(c), subjectOf });
  const { record } = screened;
  const waitMs = readWait(c, serving.config.DEADLINE_MS);
  const heatmapUrl = await heatmapUrlOf(serving, c, record, waitMs);
  const links = { imageUrl: await imageUrl(serving, c, record.image, linksOf(record.id).image), heatmapUrl };
  setCaseHeaders(c, screened);
  c.header("Content-Type", "application/json");
  return c.body(JSON.stringify(drScan(record, installed, links)));
}

/** Whose scan it is. The person is looked up before anything is computed: a scan of nobody is never stored. */
async function readScanSubject(
  { persons }: Serving,
  c: GatewayContext,
  fields: Readonly<Record<string, string>>,
): Promise<CaseSubject> {
  const { patientId, visitType, notes } = readScanFields(c, fields);
  const person = await persons.getPerson(patientId);
  if (person === undefined) throw new Problem("person-unknown");
  return { ...readSubject(fields), patientId: person.id, visitType, ...(notes !== undefined && { notes }) };
}

/** `Prefer: wait=N` of RFC 7240, ms; undefined where the client does not want to wait. */
function readWait(c: GatewayContext, msMax: number): number | undefined {
  const seconds = /(?:^|[,;])\s*wait\s*=\s*"?(\d{1,6})"?\s*(?:[,;]|$)/i.exec(c.req.header("prefer") ?? "")?.[1];
  return seconds === undefined ? undefined : Math.min(1000 * Number(seconds), msMax);
}

/**
 * A map costs a second reading, so it is made when its link is followed, or here for a client that prefers to wait.
 * @returns null where there is none: a prediction never fails because of its explanation
 */
async function heatmapUrlOf(
  serving: Serving,
  c: GatewayContext,
  record: CaseRecord,
  waitMs: number | undefined,
): Promise<string | null> {
  if (waitMs !== undefined) {
    c.header("Preference-Applied", `wait=${Math.round(waitMs / 1000)}`);
    try {
      await serving.heatmaps.of(record, undefined, waitMs);
    } catch (error) {
      if (!isProblem(error)) throw error;
      serving.log.warn(
        { requestId: c.get("requestId"), trace_id: c.get("trace").traceId, code: error.code },
        "no heatmap",
      );
      return null;
    }
  }
  return heatmapLink(serving, c, record);
}

/** Null where the readers that are installed draw no maps. */
export function heatmapLink(serving: Serving, c: GatewayContext, { id }: CaseRecord): string | null {
  const installed = serving.programmes.programmes.get(programme);
  if (installed === undefined || "missing" in installed || !drawsMaps(installed)) return null;
  return signedUrl(serving, c, `${linksOf(id).heatmap}.png`);
}

const drawsMaps = ({ fine }: Programme): boolean => mapOutput in networkOf(fine.load).outputs;
