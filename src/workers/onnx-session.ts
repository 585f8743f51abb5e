import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import ort from "onnxruntime-node";
import type { NetworkFile, VerifiedFile } from "../contracts/pack.ts";
import type { SessionKind } from "./messages.ts";

// Spinning would burn an idle core.
const sessionOptions: ort.InferenceSession.SessionOptions = {
  interOpNumThreads: 1,
  executionMode: "sequential",
  graphOptimizationLevel: "all",
  logSeverityLevel: 3,
  extra: { session: { intra_op: { allow_spinning: "0" } } },
};

/** One intra-op thread a session: the workers are the parallelism. */
export const ordinarySessions: SessionKind = { provider: "cpu", intraOpThreads: 1 };

/** @throws {Error} when the file is absent, altered or no model, or when there is no such provider here */
export async function openSession(
  file: VerifiedFile,
  { provider, intraOpThreads }: SessionKind = ordinarySessions,
): Promise<ort.InferenceSession> {
  const executionProviders = provider === "cuda" ? ["cuda", "cpu"] : ["cpu"];
  const options = { ...sessionOptions, executionProviders, intraOpNumThreads: intraOpThreads };
  return ort.InferenceSession.create(await readVerified(file), options);
}

/**
 * Pixels of `n` prepared pictures as a network takes them.
 * @param pixels RGB, row-major, `n * 3 * width * height`
 */
export function feed(
  input: NetworkFile["network"]["input"],
  pixels: Uint8Array,
  n: number,
): Record<string, ort.Tensor> {
  const { name, width, height } = input;
  if (input.type === "uint8") return { [name]: new ort.Tensor("uint8", pixels, [n, height, width, 3]) };
  return { [name]: new ort.Tensor("float32", planes(pixels, width * height, input), [n, 3, height, width]) };
}

/** One plane a channel, each value scaled to 0..1 and standardised. */
function planes(
  pixels: Uint8Array,
  area: number,
  { mean, std }: Extract<NetworkFile["network"]["input"], { type: "float32" }>,
): Float32Array {
  const out = new Float32Array(pixels.length);
  for (let start = 0; start < pixels.length; start += 3 * area)
    for (let channel = 0; channel < 3; channel++) {
      const middle = mean[channel] as number;
      const spread = std[channel] as number;
      const plane = start + channel * area;
      for (let i = 0; i < area; i++)
        out[plane + i] = ((pixels[start + 3 * i + channel] as number) / 255 - middle) / spread;
    }
  return out;
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
