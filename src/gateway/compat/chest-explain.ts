import { z } from "@hono/zod-openapi";
import { type CaseRecord, Problem, type Programme } from "../../contracts/index.ts";
import type { Heatmap } from "../../screening/index.ts";
import { chestCaseSchema, renderCase } from "./chest-answer.ts";
import { displayName, type Finding, labelNamed, modelInput, rankedFindings } from "./chest-labels.ts";

const side = z.int().positive();
const size = z.tuple([side, side]).openapi({ description: "Width and height, pixels" });

export const chestExplanationSchema = z
  .strictObject({
    status: z.literal("success"),
    data: z.strictObject({
      filename: z.string().openapi({ description: "As it was sent; empty where none was" }),
      heatmap_image: z.string().openapi({
        description:
          "Data URL of a PNG with an alpha channel: the overlay alone, clear where nothing speaks for the label, to be laid over the whole upright image (`image_url`). Its longest side has at most 256 pixels",
      }),
      explained_prediction: z.strictObject({
        label: z.string(),
        probability: z.number().min(0).max(1),
        class_index: z.int().openapi({ description: "Place in the model's own label order, from 0" }),
        display: z.string(),
      }),
      image_info: z.strictObject({
        original_size: size,
        model_input_size: size,
        preprocessing: z.string().openapi({ description: "Names how the model's input is made of the image" }),
        heatmap_box: z
          .tuple([z.int(), z.int(), side, side])
          .openapi({ description: "Left, top, width and height of what the overlay covers, pixels of the image" }),
      }),
      heatmap_pack: z.string(),
      heatmap_url: z.string().openapi({ description: "The same overlay; opens without a key for a short time" }),
      image_url: z.string().openapi({ description: "The image; opens without a key for a short time" }),
      ...chestCaseSchema,
    }),
    disclaimer: z.string(),
  })
  .openapi("ChestExplanation");

/**
 * What to explain: the label that is asked for, else the most probable, as the source has it.
 * @throws {Problem} heatmap-unavailable when the case was read before there was such a label
 */
export function explainedFinding(label: string | undefined, record: CaseRecord, programme: Programme): Finding {
  const ranked = rankedFindings(record, programme);
  const found = label === undefined ? ranked[0] : ranked.find((each) => each.label === label);
  if (found !== undefined) return found;
  throw new Problem("heatmap-unavailable", { detail: "This case was read for other labels." });
}

/** @throws {Problem} field-invalid */
export function readLabel(name: string, { manifest: { labels } }: Pick<Programme, "manifest">): string {
  const label = labelNamed(name, labels);
  if (label !== undefined) return label;
  const message = `one of ${labels.join(", ")}`;
  throw new Problem("field-invalid", { detail: `class: ${message}`, fields: [{ name: "class", message }] });
}

export interface Explained {
  readonly finding: Finding;
  readonly heatmap: Heatmap;
  readonly filename: string;
  readonly heatmapUrl: string;
  readonly imageUrl: string;
}

export function chestExplanation(
  record: CaseRecord,
  programme: Programme,
  { finding, heatmap, filename, heatmapUrl, imageUrl }: Explained,
): z.input<typeof chestExplanationSchema> {
  const { width, height } = record.image;
  const { size: inputSize, preprocessing } = modelInput(programme);
  return {
    status: "success",
    data: {
      filename,
      heatmap_image: `data:image/png;base64,${Buffer.from(heatmap.png).toString("base64")}`,
      explained_prediction: {
        label: finding.label,
        probability: finding.probability,
        class_index: finding.classIndex,
        display: displayName(finding.label),
      },
      image_info: {
        original_size: [width, height],
        model_input_size: inputSize,
        preprocessing,
        heatmap_box: [0, 0, width, height],
      },
      heatmap_pack: heatmap.pack,
      heatmap_url: heatmapUrl,
      image_url: imageUrl,
      ...renderCase(record, programme),
    },
    disclaimer: record.disclaimer,
  };
}
