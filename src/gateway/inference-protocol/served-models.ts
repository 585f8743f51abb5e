import { type MissingProgramme, Problem, type Programme } from "../../contracts/index.ts";
import type { Serving } from "../serving.ts";
import { imageInput, outputSpecs } from "./signature.ts";

/** A programme as the protocol's clients see it: one model, which is its whole cascade. */
export interface ServedModel {
  readonly name: string;
  /** What tells releases apart: the last part of the cascade pack's name, e.g. `1` of `cataract/cascade-1`. */
  readonly version: string;
  readonly programme: Programme | MissingProgramme;
}

/** What clients that know the protocol's own servers read as "which framework". */
export const platform = "fovea_cascade";

export const versionOf = (cascadePack: string): string => cascadePack.replace(/^.*\/(cascade-)?/, "");

export function servedModels({ programmes }: Pick<Serving, "programmes">): ServedModel[] {
  return [...programmes.programmes.values()].map((programme) => ({
    name: programme.manifest.id,
    version: versionOf("missing" in programme ? programme.manifest.cascade : programme.band.pack),
    programme,
  }));
}

/**
 * @param version undefined, or the one that must be in service
 * @throws {Problem} model-unknown
 */
export function servedModel(serving: Pick<Serving, "programmes">, name: string, version?: string): ServedModel {
  const model = servedModels(serving).find((each) => each.name === name);
  if (model === undefined) throw new Problem("model-unknown", { detail: "GET /v2/models lists the models." });
  if (version !== undefined && version !== model.version)
    throw new Problem("model-unknown", { detail: `Of this model version ${model.version} is in service, no other.` });
  return model;
}

/** What the tensors hold and what decides; texts, because the protocol's properties are texts. */
export function metadataOf({ name, version, programme }: ServedModel) {
  const { manifest } = programme;
  return {
    name,
    versions: [version],
    platform,
    inputs: [imageInput],
    outputs: outputSpecs(manifest).map(({ name, datatype, shape }) => ({ name, datatype, shape })),
    properties: { ...imageProperties, ...labelsOf(programme), ...decidedBy(programme) },
  };
}

const imageProperties = {
  image:
    "One encoded picture: JPEG, PNG, WebP, TIFF or BMP. As binary tensor its bytes; in JSON its base64. One request is one case.",
};

const labelsOf = ({ manifest }: ServedModel["programme"]) => ({
  title: manifest.title,
  task: manifest.task,
  labels: JSON.stringify(manifest.labels),
  positive: JSON.stringify(manifest.positive),
});

function decidedBy(programme: ServedModel["programme"]): Record<string, string> {
  if ("missing" in programme) return {};
  const { fast, fine, band } = programme;
  return {
    fast: `${fast.id}@${fast.digest}`,
    fine: `${fine.id}@${fine.digest}`,
    cascade: `${band.pack}@${band.digest}`,
    thresholds: JSON.stringify({ lo: band.lo, hi: band.hi, a: band.a, b: band.b }),
    certified: String(band.certificate.certified),
  };
}

const configTypes = { BYTES: "TYPE_STRING", FP64: "TYPE_FP64", BOOL: "TYPE_BOOL" } as const;

/** The configuration in force, as far as the protocol's clients know its fields; batches are formed behind it. */
export function configOf(model: ServedModel) {
  const { name, properties, outputs } = metadataOf(model);
  const tensor = ({ name, datatype, shape }: (typeof outputs)[number]) => ({
    name,
    data_type: configTypes[datatype],
    dims: shape,
  });
  return {
    name,
    platform,
    backend: "fovea",
    version_policy: { specific: { versions: [model.version] } },
    max_batch_size: 0,
    input: [tensor(imageInput)],
    output: outputs.map(tensor),
    parameters: Object.fromEntries(
      Object.entries(properties).map(([key, value]) => [key, { string_value: String(value) }]),
    ),
  };
}
