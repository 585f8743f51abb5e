import { type CaseLabel, type Labels, Problem, type ProgrammeManifest } from "../../contracts/index.ts";
import type { GatewayContext, Serving } from "../serving.ts";

/** As the port takes it: who asks says no more than this. */
export type NewLabel = Pick<CaseLabel, "caseId" | "label" | "role" | "by" | "note">;

/** @throws {Problem} store-unavailable where no records are kept */
export function labelsKept({ labels }: Pick<Serving, "labels">): Labels {
  if (labels === undefined) throw new Problem("store-unavailable", { detail: "No labels are kept here." });
  return labels;
}

/** @throws {Problem} programme-unknown */
export function findManifest({ programmes }: Pick<Serving, "programmes">, c: GatewayContext): ProgrammeManifest {
  const found = programmes.programmes.get(c.req.param("programme") ?? "");
  if (found === undefined) throw new Problem("programme-unknown", { detail: "See GET /v1/programmes." });
  return found.manifest;
}

/** @throws {Problem} field-invalid, naming the labels that the programme has */
export function checkLabel({ programmes }: Pick<Serving, "programmes">, programme: string, label: string): void {
  const manifest = programmes.programmes.get(programme)?.manifest;
  // Of a programme that is not here the port says so.
  if (manifest === undefined) return;
  const known = [...manifest.labels, "ungradable"];
  if (known.includes(label)) return;
  const message = `one of ${known.join(", ")}`;
  throw new Problem("field-invalid", { detail: `label: ${message}`, fields: [{ name: "label", message }] });
}
