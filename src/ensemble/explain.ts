import type { Reason } from "../contracts/decision.ts";

/** One sentence a person can act on, for each reason. */
export const explanations: Readonly<Record<Reason, string>> = {
  "fast-confident": "The fast reader is outside the uncertain band, so its answer stands.",
  "fine-confident": "The fast reader was uncertain; with the fine reader the answer is clear.",
  "fine-uncertain": "Both readers together stay uncertain: a person decides.",
  "out-of-domain": "The image is unlike those the readers were trained on: a person decides.",
  ungradable: "The image is too dark, too bright, too flat or too blurred to be read: a person decides.",
  "fast-uncertain": "The fast reader alone is inside the uncertain band: a person decides.",
  "mean-confident": "The mean of both readers is outside the uncertain band.",
  "mean-uncertain": "The mean of both readers is inside the uncertain band: a person decides.",
  "second-look-pending": "Pending second look: the fine reader has still to read this image. This is no result yet.",
  "second-look-overdue": "The fine reader could not be had in time: a person decides.",
  "second-look-release-gone": "The models that took this case are no longer served: a person decides.",
  "second-look-failed": "The fine reader could not read this image: a person decides.",
};
