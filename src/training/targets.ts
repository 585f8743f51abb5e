import type { Question } from "../contracts/pack.ts";
import type { Truth } from "./trees/objective.ts";

/** What readers learn: 0 or 1 for each row and score, `n * outputs` values. */
export function targetsOf(labels: readonly (readonly number[])[], { task, labels: names }: Question): Float32Array {
  const outputs = task === "binary" ? 1 : task === "grades" ? names.length - 1 : names.length;
  const out = new Float32Array(labels.length * outputs);
  for (const [i, own] of labels.entries()) {
    const [first = 0] = own;
    for (let k = 0; k < outputs; k++) {
      const set = task === "binary" ? first === 1 : task === "grades" ? first > k : own.includes(k);
      out[i * outputs + k] = set ? 1 : 0;
    }
  }
  return out;
}

/** The same for trees, each image's truth repeated for its `views` rows. */
export function truthOf(labels: readonly (readonly number[])[], question: Question, views: number): Truth {
  const targets = targetsOf(labels, question);
  const outputs = targets.length / labels.length;
  if (question.task === "classes")
    return { objective: "softmax", outputs, labels: labels.flatMap(([first = 0]) => Array<number>(views).fill(first)) };
  const rows = labels.flatMap((_, i) =>
    Array.from({ length: views }, () => [...targets.subarray(i * outputs, (i + 1) * outputs)]).flat(),
  );
  return outputs === 1 ? { objective: "binary", labels: rows } : { objective: "outputs", outputs, targets: rows };
}

/**
 * Weight of each image: (mean class size / own class size) ** balance; 0 = as counted, 1 = all classes weigh the same.
 * Findings are not weighted: an image may have several.
 */
export function classWeights(
  labels: readonly (readonly number[])[],
  { task, labels: names }: Question,
  balance: number,
): Float32Array {
  if (task === "findings") return new Float32Array(labels.length).fill(1);
  const counts = new Float64Array(names.length);
  for (const [first = 0] of labels) counts[first] = (counts[first] as number) + 1;
  const present = counts.filter((count) => count > 0);
  const mean = present.reduce((sum, count) => sum + count, 0) / present.length;
  return Float32Array.from(labels, ([first = 0]) => (mean / (counts[first] as number)) ** balance);
}

/** Whether an image shows any positive label. */
export function isPositive(labels: readonly number[], { labels: names, positive }: Question): boolean {
  return labels.some((label) => positive.includes(names[label] as string));
}
