import { createHash } from "node:crypto";
import type { CaseRecord } from "../contracts/index.ts";

/** Which patient's, without saying who: what is one group here is one in the records. */
export const groupOf = ({ patientId, image }: Pick<CaseRecord, "patientId" | "image">): string =>
  patientId === undefined ? image.sha256 : createHash("sha256").update(`patient ${patientId}`).digest("hex");
