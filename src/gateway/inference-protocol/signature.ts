import type { CaseRecord, ProgrammeManifest } from "../../contracts/index.ts";

export type Datatype = "BYTES" | "FP64" | "BOOL";

/** A tensor's name and kind, before there are values. */
export interface TensorSpec {
  readonly name: string;
  readonly datatype: Datatype;
  readonly shape: readonly number[];
}

/** A tensor with values, row by row. */
export type Tensor = Pick<TensorSpec, "name" | "shape"> &
  (
    | { readonly datatype: "BYTES"; readonly data: readonly string[] }
    | { readonly datatype: "FP64"; readonly data: readonly number[] }
    | { readonly datatype: "BOOL"; readonly data: readonly boolean[] }
  );

export interface OutputSpec extends TensorSpec {
  of(record: CaseRecord): Tensor;
}

export const imageInput: TensorSpec = { name: "image", datatype: "BYTES", shape: [1] };

/** The output that `classification` may be asked of. */
export const classifiedOutput = "probabilities";

const text = (name: string, of: (record: CaseRecord) => string): OutputSpec => {
  const spec = { name, datatype: "BYTES", shape: [1] } as const;
  return { ...spec, of: (record) => ({ ...spec, data: [of(record)] }) };
};
const flag = (name: string, of: (record: CaseRecord) => boolean): OutputSpec => {
  const spec = { name, datatype: "BOOL", shape: [1] } as const;
  return { ...spec, of: (record) => ({ ...spec, data: [of(record)] }) };
};
const numbers = (name: string, size: number, of: (record: CaseRecord) => readonly number[]): OutputSpec => {
  const spec = { name, datatype: "FP64", shape: [size] } as const;
  return { ...spec, of: (record) => ({ ...spec, data: of(record) }) };
};

/**
 * What a model answers, in this order; doubles, so that a number is the same one that the native API answers.
 * `probabilities` are in the order of the programme's labels.
 */
export const outputSpecs = ({ labels }: Pick<ProgrammeManifest, "labels">): readonly OutputSpec[] => [
  text("outcome", ({ decision }) => decision.outcome),
  text("label", ({ decision }) => decision.label),
  numbers("probability", 1, ({ decision }) => [decision.probability]),
  numbers(classifiedOutput, labels.length, (record) => probabilitiesOf(record, labels)),
  flag("needs_review", ({ decision }) => decision.outcome === "person"),
  text("reason", ({ decision }) => decision.reason),
  text("stage", ({ decision }) => decision.stage),
  text("case_id", ({ id }) => id),
];

/** The most probable labels, as the protocol's classification extension writes them: `value:index:label`. */
export function classes(record: CaseRecord, labels: readonly string[], count: number): Tensor {
  const ranked = probabilitiesOf(record, labels)
    .map((value, index) => ({ value, index }))
    .sort((a, b) => b.value - a.value)
    .slice(0, count);
  const data = ranked.map(({ value, index }) => `${value}:${index}:${labels[index]}`);
  return { name: classifiedOutput, datatype: "BYTES", shape: [data.length], data };
}

function probabilitiesOf({ decision }: CaseRecord, labels: readonly string[]): number[] {
  return labels.map((label) => {
    const value = decision.probabilities[label];
    if (value === undefined) throw new TypeError(`the decision holds no probability of ${label}`);
    return value;
  });
}
