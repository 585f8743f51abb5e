import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import ort from "onnxruntime-node";
import type { NetworkFile, VerifiedFile } from "../contracts/pack.ts";

// One intra-op thread a session: the workers are the parallelism. Spinning would burn an idle core.
const sessionOptions: ort.InferenceSession.SessionOptions = {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: "sequential",
  graphOptimizationLevel: "all",
  logSeverityLevel: 3,
  extra: { session: { intra_op: { allow_spinning: "0" } } },
};

/** @throws {Error} when the file is absent, altered or no model */
export async function openSession(file: VerifiedFile): Promise<ort.InferenceSession> {
  return ort.InferenceSession.create(await readVerified(file), sessionOptions);
}

/** Pixels of `n` prepared pictures as a network takes them. */
export function feed(
  input: NetworkFile["network"]["input"],
  pixels: Uint8Array,
  n: number,
): Record<string, ort.Tensor> {
  return { [input.name]: new ort.Tensor("uint8", pixels, [n, input.height, input.width, 3]) };
}

/** An output of another size than was fed would give one image the answer of another. */
export function floats(tensor: ort.Tensor | undefined, length: number): Float32Array {
  if (!(tensor?.data instanceof Float32Array) || tensor.data.length !== length)
    throw new TypeError("a model's output has another shape");
  return tensor.data;
}

/** A model is loaded from the very bytes that were hashed, never from a path that could change in between. */
export async function readVerified(file: VerifiedFile): Promise<Buffer> {
  const bytes = await readFile(file.path);
  if (createHash("sha256").update(bytes).digest("hex") !== file.sha256)
    throw new Error(`${file.path.split("/").slice(-2).join("/")} does not match its SHA-256`);
  return bytes;
}
