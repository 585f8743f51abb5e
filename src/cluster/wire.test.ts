import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import * as z from "zod";
import type { PredictTask } from "../contracts/index.ts";
import {
  cancelSchema,
  heartbeatSchema,
  holdSchema,
  inputsSchema,
  protocolSchemas,
  requestHeadersSchema,
  warmSchema,
} from "./messages.ts";
import { encodeJson, encodeProblem, encodeResult, headersOf, readHeaders, readJson, readReply } from "./wire.ts";

const file = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../docs/protocol/${name}`, import.meta.url), "utf8"));
const golden = file("golden.json");
const bytesOf = (value: object) => new Uint8Array(encodeJson(value));
const textOf = (payload: Uint8Array) => JSON.parse(Buffer.from(payload).toString("utf8"));

describe("the golden messages", () => {
  it.each([
    ["request", "payload"],
    ["requestByReference", "object"],
    ["requestOfSuspect", "payload"],
  ] as const)("%s is what it says, and is written so again", (name, where) => {
    const { headers, payload } = golden[name];
    const read = readHeaders(headers);
    if (typeof read === "string") throw new Error(read);
    expect(read.where).toBe(where);
    const bytes = Buffer.alloc(read.bytes, payload, "base64");
    const task: PredictTask = { ...read.task, image: { ...read.task.image, bytes } };
    expect(headersOf(task, where)).toEqual(headers);
  });

  it.each(["result", "resultWithMaps"])("%s is read and written without loss", (name) => {
    const packs = golden[name].result.readings.map(({ pack }: { pack: string }) => pack);
    const read = readReply(bytesOf(golden[name]), { packs });
    if (read === undefined || !("result" in read)) throw new Error("no result");
    expect(textOf(encodeResult(read.result))).toEqual(golden[name]);
  });

  it("a problem keeps its code and its time; one that is not known here is inference-failed", () => {
    expect(readReply(bytesOf(golden.problem), { packs: [] })).toEqual(golden.problem);
    expect(textOf(encodeProblem(golden.problem.problem))).toEqual(golden.problem);
    expect(readReply(bytesOf(golden.unknownProblem), { packs: [] })).toEqual({ problem: { code: "inference-failed" } });
  });

  it("the others are of their schema", () => {
    expect(readJson(bytesOf(golden.heartbeat), heartbeatSchema)).toEqual(golden.heartbeat);
    expect(readJson(bytesOf(golden.cancel), cancelSchema)).toEqual(golden.cancel);
    expect(readJson(bytesOf(golden.warm), warmSchema)).toEqual(golden.warm);
    expect(readJson(bytesOf(golden.hold), holdSchema)).toEqual(golden.hold);
    expect(readJson(bytesOf(golden.inputs), inputsSchema)).toEqual(golden.inputs);
    expect(readJson(bytesOf(golden.heartbeatOfTaker), heartbeatSchema)).toEqual(golden.heartbeatOfTaker);
  });

  it("may say more than we know", () => {
    expect(readJson(bytesOf({ ...golden.heartbeat, temperature: 71 }), heartbeatSchema)).toEqual(golden.heartbeat);
  });
});

describe("what is no message", () => {
  it.each(["../../etc/fast-1", "cataract/../fast", "cataract"])("a pack under the id %s is not held", (id) => {
    const [pack] = golden.hold.packs;
    expect(readJson(bytesOf({ ...golden.hold, packs: [{ ...pack, id }] }), holdSchema)).toBeUndefined();
  });

  it.each(
    Object.keys(requestHeadersSchema.shape).filter(
      (name) => !["Fovea-Maps", "Fovea-Suspect", "traceparent", "tracestate"].includes(name),
    ),
  )("a request without %s is refused, and it is named", (name) => {
    const { [name]: _, ...rest } = golden.request.headers;
    expect(readHeaders(rest)).toBe(`header ${name}`);
  });

  it.each(["", "00-abc", `ff${golden.request.headers.traceparent.slice(2)}`, "x".repeat(2000)])(
    "a request whose traceparent is %s is read all the same, without one",
    (traceparent) => {
      const read = readHeaders({ ...golden.request.headers, traceparent });
      expect(read).toMatchObject({ task: { id: golden.request.headers["Fovea-Task"] } });
      expect(typeof read === "string" || read.task.trace).toBeUndefined();
    },
  );

  it.each([
    ["no JSON", Buffer.from("{")],
    ["no reply", bytesOf({ ok: true })],
    ["a score that is no number", bytesOf({ result: { ...golden.result.result, readings: [{ scores: [null] }] } })],
    ["nothing", new Uint8Array()],
  ])("a reply that is %s is none", (_, payload) => {
    expect(readReply(payload, { packs: [golden.warm.packs[0]] })).toBeUndefined();
  });

  it("nor is an answer to something else than was asked", () => {
    expect(readReply(bytesOf(golden.result), { packs: ["f".repeat(64)] })).toBeUndefined();
    expect(readReply(bytesOf(golden.resultWithMaps), { packs: [golden.warm.packs[0]] })).toBeUndefined();
  });
});

it.each(Object.entries(protocolSchemas))(
  "docs/protocol/%s.schema.json is the code's; else: npm run build && node scripts/generate-protocol.mjs",
  (name, schema) => {
    expect(file(`${name}.schema.json`)).toEqual(JSON.parse(JSON.stringify(z.toJSONSchema(schema, { io: "input" }))));
  },
);
