import { disclaimer, type MissingProgramme, type Programme } from "../../contracts/index.ts";
import { acceptImage, jsonBytesMax, readBytes, type SingleUpload } from "../../intake/index.ts";
import { resolveProgramme } from "../../screening/index.ts";
import { setCaseHeaders } from "../case-headers.ts";
import { readWishes } from "../case-request.ts";
import { isPending } from "../pending.ts";
import { type Screened, screenReceived } from "../screen-upload.ts";
import type { GatewayContext, Serving } from "../serving.ts";
import { receive } from "../upload.ts";
import { encodeTensor } from "./binary-tensor.ts";
import {
  type InferRequest,
  invalid,
  readHeaderLength,
  readInferRequest,
  STRUCTURE_BYTES_MAX,
  type WishedOutput,
} from "./read-infer-request.ts";
import type { ServedModel } from "./served-models.ts";
import { versionOf } from "./served-models.ts";
import { classes, classifiedOutput, type OutputSpec, outputSpecs, type Tensor } from "./signature.ts";
import type { InferenceStatistics } from "./statistics.ts";

const headerLengthName = "Inference-Header-Content-Length";
const timeoutMicrosMax = 600_000_000;

/** A request that was read, its image judged and every wish understood, before anything is computed. */
interface ReceivedInference extends SingleUpload {
  readonly request: InferRequest;
  readonly outputs: readonly WantedOutput[];
  readonly deadlineMs?: number;
}

interface WantedOutput extends WishedOutput {
  readonly spec: OutputSpec;
}

/**
 * One image to one recorded decision, the same that the native API makes.
 * @throws {Problem} those of `readInferRequest`, `acceptImage` and `screenReceived`
 */
export async function infer(
  serving: Serving,
  c: GatewayContext,
  model: ServedModel,
  statistics: InferenceStatistics,
): Promise<Response> {
  // A programme that cannot answer says so before anyone uploads 30 MB to it.
  resolveProgramme(serving.programmes, model.name);
  const wishes = readWishes(c);
  try {
    const received = await receiveInference(serving, c, model.programme);
    const { deadlineMs = wishes.deadlineMs } = received;
    const timed = deadlineMs === undefined ? {} : { deadlineMs };
    const screened = await screenReceived(serving, c, received, {
      programme: model.name,
      ...wishes,
      ...timed,
    }).finally(received.release);
    statistics.succeeded(model, screened, serving.clock.wallMs());
    setCaseHeaders(c, screened);
    return render(c, model, received, screened);
  } catch (error) {
    statistics.failed(model, serving.clock.now() - c.get("startedAt"));
    throw error;
  }
}

async function receiveInference(
  { budget, limits }: Pick<Serving, "budget" | "limits">,
  c: GatewayContext,
  { manifest }: Programme | MissingProgramme,
): Promise<ReceivedInference> {
  const headerBytes = readHeaderLength(c.req.header(headerLengthName));
  const bytesMax = headerBytes === undefined ? jsonBytesMax(limits) : limits.imageBytesMax + 2 * STRUCTURE_BYTES_MAX;
  const reception = receive(c);
  const lease = budget.reserve(0);
  try {
    const body = await readBytes(reception.upload, { bytesMax, signal: reception.signal, lease });
    const request = readInferRequest(body, headerBytes, limits);
    const outputs = wanted(request, outputSpecs(manifest), manifest.labels.length);
    const deadlineMs = deadlineOf(request);
    const image = acceptImage(request.image, limits);
    lease.resize(image.bytes.length);
    const fields = Object.fromEntries(Object.entries(request.parameters).map(([key, value]) => [key, String(value)]));
    return { image, fields, request, outputs, release: lease.release, ...(deadlineMs !== undefined && { deadlineMs }) };
  } catch (error) {
    lease.release();
    throw error;
  } finally {
    reception.done();
  }
}

/** The protocol's own clients say microseconds; 0 says nothing. */
function deadlineOf({ parameters }: InferRequest): number | undefined {
  const { timeout } = parameters;
  if (timeout === undefined || timeout === 0) return undefined;
  if (typeof timeout !== "number" || !Number.isSafeInteger(timeout) || timeout < 0 || timeout > timeoutMicrosMax)
    throw invalid({ name: "timeout", message: `microseconds, at most ${timeoutMicrosMax}` });
  return Math.max(1, Math.floor(timeout / 1000));
}

function wanted(request: InferRequest, specs: readonly OutputSpec[], labels: number): readonly WantedOutput[] {
  const wishes: readonly WishedOutput[] =
    request.outputs ?? specs.map(({ name }) => ({ name, isBinary: request.isBinary }));
  return wishes.map((wish, i) => {
    const spec = specs.find(({ name }) => name === wish.name);
    if (spec === undefined) {
      const names = specs.map(({ name }) => name).join(", ");
      throw invalid({ name: `outputs.${i}.name`, message: `the outputs are ${names}` });
    }
    if (wish.classes !== undefined && (wish.name !== classifiedOutput || wish.classes > labels))
      throw invalid({
        name: "classification",
        message: `only ${classifiedOutput} can be classified, into at most ${labels} classes`,
      });
    return { ...wish, spec };
  });
}

function render(
  c: GatewayContext,
  { name, programme }: ServedModel,
  { request, outputs }: ReceivedInference,
  { record }: Screened,
): Response {
  const { labels } = programme.manifest;
  const answered = outputs.map(({ spec, classes: count, isBinary }) => ({
    tensor: count === undefined ? spec.of(record) : classes(record, labels, count),
    isBinary,
  }));
  const binary = answered.filter(({ isBinary }) => isBinary).map(({ tensor }) => encodeTensor(tensor));
  const sizes = binary.map(({ length }) => length);
  const json = JSON.stringify({
    model_name: name,
    model_version: versionOf(record.decision.band.pack),
    ...(request.id !== undefined && { id: request.id }),
    parameters: { disclaimer, ...(isPending(record) && { status: record.status }) },
    outputs: answered.map(({ tensor, isBinary }) => (isBinary ? sized(tensor, sizes.shift()) : tensor)),
  });
  if (binary.length === 0) {
    c.header("Content-Type", "application/json");
    return c.body(json);
  }
  const header = Buffer.from(json, "utf8");
  c.header("Content-Type", "application/octet-stream");
  c.header(headerLengthName, String(header.length));
  return c.body(new Uint8Array(Buffer.concat([header, ...binary])));
}

function sized({ data: _data, ...spec }: Tensor, bytes: number | undefined) {
  return { ...spec, parameters: { binary_data_size: bytes } };
}
