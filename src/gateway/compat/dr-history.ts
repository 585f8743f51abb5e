import type { CaseRecord } from "../../contracts/index.ts";
import { imageUrl } from "../public-links.ts";
import { linksOf } from "../render-case.ts";
import { type GatewayContext, originOf, type Serving } from "../serving.ts";
import { drHistoryEntry } from "./dr-answer.ts";
import { heatmapLink } from "./dr-predict.ts";
import { programme } from "./dr-severity.ts";
import { deprecate } from "./profile.ts";

/** Cases asked of the store at a time. */
const pageItems = 200;
/** Most scans of one answer; a person with more is read on by the native API. */
const scansMax = 1000;
const dayMs = 86_400_000;

/** Every scan of one person, newest first; empty for a person nobody knows, as the source answers. */
export async function drHistory(serving: Serving, c: GatewayContext): Promise<Response> {
  const patientId = c.req.param("id") ?? "";
  const native = `/v1/cases?programme=${programme}&patientId=${encodeURIComponent(patientId)}`;
  deprecate(c, native);
  const { records, more } = await scansOf(serving, patientId);
  await serving.cases.recordAccess({ ...originOf(c), action: "cases.listed", object: `cases/${records.length}` });
  const entries = [];
  for (const record of records) {
    const gone = await isImageGone(serving, record);
    entries.push(
      drHistoryEntry(record, {
        imageUrl: gone ? null : await imageUrl(serving, c, record.image, linksOf(record.id).image),
        heatmapUrl: gone ? null : heatmapLink(serving, c, record),
      }),
    );
  }
  if (more) c.header("X-Warning", `only the newest ${scansMax} scans are here; ${native} has all`);
  return c.json(entries);
}

async function scansOf({ cases }: Serving, patientId: string): Promise<{ records: CaseRecord[]; more: boolean }> {
  const records: CaseRecord[] = [];
  // No case carries such an identifier, and some databases take no NUL.
  if (patientId.length > 64 || patientId.includes("\0")) return { records, more: false };
  let after: string | undefined;
  do {
    const page = await cases.listCases({ programme, patientId }, pageItems, after);
    records.push(...page.cases);
    after = page.next;
  } while (after !== undefined && records.length < scansMax);
  return { records, more: after !== undefined };
}

/** Only an image that is old enough to have been deleted is looked for: a look reads the whole of it. */
async function isImageGone({ config, clock, objects }: Serving, { createdAt, image }: CaseRecord): Promise<boolean> {
  if (config.IMAGE_DAYS === 0 || clock.wallMs() - Date.parse(createdAt) < config.IMAGE_DAYS * dayMs) return false;
  return (await objects.getObject(image.sha256)) === undefined;
}
