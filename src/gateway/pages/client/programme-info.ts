import type { ImageQualityFloor } from "../../../contracts/programme.ts";

/** What of GET /v1/programmes this page uses. */
export interface ProgrammeInfo {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  /** One of two labels, one of several, a grade, or findings. */
  readonly task: "binary" | "classes" | "grades" | "findings";
  readonly labels: readonly string[];
  /** The labels that make a case positive. */
  readonly positive: readonly string[];
  readonly views: readonly string[];
  readonly status: "ready" | "missing";
  readonly reason?: string;
  readonly quality: { readonly ungradable: ImageQualityFloor };
}
