import { createHash } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  type ChatServer,
  hangsUp,
  keepsSilent,
  replies,
  says,
  startChatServer,
} from "../../test/support/chat-server.ts";
import type { PredictTask } from "../contracts/index.ts";
import type { Sending } from "./chat-client.ts";
import { parserVersion } from "./parse-answer.ts";
import { chatRequest, eyeClasses, invalidImage, promptVersion, systemPrompt, userPrompt } from "./prompt.ts";
import { VisionLanguageReader } from "./reader.ts";

const analysis = {
  classification: "Cataract",
  confidence: 75,
  findings: ["lens opacity"],
  recommendation: "Refer for a slit lamp examination.",
  explanation: "The pupil is grey.",
};
// Longer than its own view, so that bytes beside it would be noticed.
const bytes = new Uint8Array(Buffer.from("..the rebuilt picture..")).subarray(2, 21);
const sha256 = createHash("sha256").update(bytes).digest("hex");
const image = { bytes, sha256, mediaType: "image/png" as const, width: 640, height: 480 };
const never = () => new AbortController().signal;

let server: ChatServer;
let sendings: Sending[];
beforeEach(async () => {
  server = await startChatServer();
  server.script(says(JSON.stringify(analysis)));
  sendings = [];
});
afterEach(() => server.close());

const readerOf = (change: object = {}) =>
  new VisionLanguageReader(
    { VLM_URL: server.url, VLM_EXTERNAL: false, VLM_TIMEOUT_MS: 5000, ...change },
    {
      onSend: async (sending) => {
        expect(server.questions.length, "written before the image leaves").toBe(sendings.length);
        sendings.push(sending);
      },
    },
  );
async function loaded(change: object = {}): Promise<VisionLanguageReader> {
  const reader = readerOf(change);
  await reader.load();
  return reader;
}
const taskOf = (reader: VisionLanguageReader, change: Partial<PredictTask> = {}): PredictTask => ({
  id: "task-1",
  packs: [reader.digest ?? ""],
  image,
  lane: "interactive",
  remainingMs: 5000,
  ...change,
});

describe("what is sent", () => {
  it("is fixed words and the image, and nothing else", async () => {
    const reader = await loaded({ VLM_API_KEY: "secret-key" });
    await reader.analyse(image, never());
    const [{ method, path, headers, body }] = server.questions as [ChatServer["received"][number]];
    expect({ method, path }).toEqual({ method: "POST", path: "/v1/chat/completions" });
    expect(body).toEqual({
      model: "eye-7b",
      messages: [
        { role: "system", content: systemPrompt },
        {
          role: "user",
          content: [
            {
              type: "image_url",
              image_url: { url: `data:image/png;base64,${Buffer.from("the rebuilt picture").toString("base64")}` },
            },
            { type: "text", text: userPrompt },
          ],
        },
      ],
      response_format: {
        type: "json_schema",
        json_schema: {
          name: "eye_analysis",
          strict: true,
          schema: {
            type: "object",
            properties: {
              classification: { type: "string", enum: [...eyeClasses] },
              confidence: { type: "number" },
              findings: { type: "array", items: { type: "string" } },
              recommendation: { type: "string" },
              explanation: { type: "string" },
            },
            required: ["classification", "confidence", "findings", "recommendation", "explanation"],
            additionalProperties: false,
          },
        },
      },
      temperature: 0,
      max_tokens: 4096,
      stream: false,
    });
    const { host, "content-length": length, ...rest } = headers;
    expect({ host, length }).toEqual({ host: server.host, length: String(JSON.stringify(body).length) });
    expect(rest).toEqual({
      accept: "application/json",
      "accept-encoding": "identity",
      authorization: "Bearer secret-key",
      "content-type": "application/json",
      connection: "close",
    });
  });

  it("carries a key only where there is one", async () => {
    const reader = await loaded();
    await reader.analyse(image, never());
    for (const { headers } of server.received) expect(headers).not.toHaveProperty("authorization");
  });

  it("has another version when its words are others", () => {
    const words = createHash("sha256")
      .update(chatRequest(image, "eye-7b", true))
      .digest("hex");
    expect({ promptVersion, parserVersion, words }).toMatchInlineSnapshot(`
      {
        "parserVersion": "1",
        "promptVersion": "1",
        "words": "9861b33e998a106e31dd45575ea3d0f96b458b1951ca4fd7611a3252a225d42f",
      }
    `);
  });

  it("is written down first, by whoever asks, and stays here when that fails", async () => {
    const reader = await loaded();
    await reader.predict(taskOf(reader), never());
    const sending = { sha256, bytes: 19, model: "eye-7b", host: server.host, external: false, attempt: 1 };
    expect(sendings).toEqual([{ ...sending, task: "task-1" }]);
    const own: Sending[] = [];
    await reader.analyse(image, never(), { onSend: (each) => void own.push(each) });
    expect({ own, sendings: sendings.length }).toEqual({ own: [sending], sendings: 1 });
    const full = async () => {
      throw new Error("disk full");
    };
    await expect(reader.analyse(image, never(), { onSend: full })).rejects.toThrow("disk full");
    expect(server.questions).toHaveLength(2);
  });
});

describe("an answer", () => {
  it("is an analysis that names its model", async () => {
    const reader = await loaded();
    expect(await reader.analyse(image, never())).toEqual({ ...analysis, model: "eye-7b" });
  });

  it("is a reading of one virtual pack, with the stated probability as one logit", async () => {
    const reader = await loaded({ VLM_MODEL: "eye-7b" });
    const digest = createHash("sha256")
      .update(JSON.stringify(["eye-7b", promptVersion, parserVersion]))
      .digest("hex");
    expect({ id: reader.id, digest: reader.digest }).toEqual({ id: "vlm/eye-7b", digest });
    const result = await reader.predict(taskOf(reader), never());
    expect(result).toMatchObject({ worker: "vlm/eye-7b", decodeMs: 0, batchSize: 1 });
    expect(Object.values(result.quality)).toEqual([Number.NaN, Number.NaN, Number.NaN]);
    expect(result.queueMs).toBeGreaterThanOrEqual(0);
    const [reading, ...others] = result.readings;
    expect(others).toEqual([]);
    expect(reading).toMatchObject({ reader: "vision-language", pack: digest, analysis });
    expect(reading?.scores).toEqual([expect.closeTo(Math.log(3), 12)]);
    expect(reading?.computeMs).toBeGreaterThan(0);
  });

  it.each([
    [0, -6.9],
    [50, 0],
    [100, 6.9],
  ])("of %i %% is a finite logit", async (confidence, logit) => {
    server.script(says(JSON.stringify({ ...analysis, confidence })));
    const reader = await loaded();
    const { readings } = await reader.predict(taskOf(reader), never());
    expect(readings[0]?.scores[0]).toBeCloseTo(logit, 1);
  });

  it("says when the picture shows no eye", async () => {
    server.script(says(JSON.stringify({ ...analysis, classification: "Invalid Image", confidence: 99 })));
    const reader = await loaded();
    expect(await reader.analyse(image, never())).toMatchObject({ classification: invalidImage, confidence: 99 });
  });

  it("comes in one piece or not at all", async () => {
    server.script(says("It is a cataract."), says(JSON.stringify(analysis)));
    const reader = await loaded();
    await expect(reader.analyse(image, never())).rejects.toMatchObject({ code: "inference-failed" });
    expect(await reader.analyse(image, never())).toMatchObject(analysis);
  });
});

describe("a request", () => {
  it.each(["image/tiff", "image/bmp"] as const)("with %s is refused, and nothing leaves", async (mediaType) => {
    const reader = await loaded();
    const detail = `the vision-language model reads JPEG, PNG and WebP, not ${mediaType}`;
    const read = reader.analyse({ ...image, mediaType }, never());
    await expect(read).rejects.toMatchObject({ code: "image-type-unsupported", detail });
    expect({ sendings, questions: server.questions }).toEqual({ sendings: [], questions: [] });
  });

  it.each([
    ["another pack", { packs: ["0".repeat(64)] }, "pack-not-installed"],
    ["no pack", { packs: [] }, "pack-not-installed"],
    ["maps", { maps: true }, "pack-not-installed"],
    ["no time left", { remainingMs: 0 }, "deadline-exceeded"],
  ])("for %s is refused", async (_, change, code) => {
    const reader = await loaded();
    await expect(reader.predict(taskOf(reader, change), never())).rejects.toMatchObject({ code });
    expect(server.questions).toEqual([]);
  });

  it("is refused before the model is loaded", async () => {
    const reader = readerOf({ VLM_MODEL: "eye-7b" });
    expect(await reader.status()).toMatchObject({ state: "stopped", reason: "the model is not loaded", packs: [] });
    await expect(reader.analyse(image, never())).rejects.toMatchObject({ code: "model-not-loaded" });
    await expect(reader.predict(taskOf(reader), never())).rejects.toMatchObject({ code: "model-not-loaded" });
    expect(server.received).toEqual([]);
  });
});

describe("the model", () => {
  it("is loaded once, however many ask", async () => {
    const reader = readerOf();
    expect({ id: reader.id, digest: reader.digest, loaded: reader.loaded }).toEqual({ loaded: false });
    expect(await Promise.all([reader.load(), reader.load(), reader.load()])).toEqual(["loaded", "loaded", "loaded"]);
    expect(await reader.load()).toBe("already_loaded");
    expect(server.received.map(({ method, path }) => `${method} ${path}`)).toEqual(["GET /v1/models"]);
    expect({ id: reader.id, loaded: reader.loaded }).toEqual({ id: "vlm/eye-7b", loaded: true });
    expect(await reader.status()).toMatchObject({ state: "ready", packs: [reader.digest] });
  });

  it("is the one that is wanted, of several", async () => {
    server.models = ["other", "eye-7b"];
    const reader = await loaded({ VLM_MODEL: "eye-7b" });
    expect(reader.id).toBe("vlm/eye-7b");
  });

  it.each([
    ["another is served", ["other"], { VLM_MODEL: "eye-7b" }, "model-unknown"],
    ["several are served and none is named", ["a", "b"], {}, "model-unknown"],
    ["none is served", [], {}, "model-not-loaded"],
    ["the list is none", replies(200, '{"models":[]}'), {}, "model-not-loaded"],
    ["the server loads it still", replies(503, '{"error":{}}'), {}, "model-not-loaded"],
    ["the key is wrong", replies(401, "{}"), {}, "model-not-loaded"],
    ["the server hangs up", hangsUp, {}, "model-not-loaded"],
    ["the server keeps silent", keepsSilent, { VLM_TIMEOUT_MS: 100 }, "deadline-exceeded"],
  ])("is not loaded when %s, until it is there", async (_, models, change, code) => {
    server.models = models;
    const reader = readerOf(change);
    await expect(reader.load()).rejects.toMatchObject({ code });
    expect(reader.loaded).toBe(false);
    server.models = ["eye-7b"];
    expect(await reader.load()).toBe("loaded");
  });

  it("is unloaded at rest, and nothing is sent until it is loaded again", async () => {
    const reader = readerOf();
    expect(await reader.unload()).toBe("not_loaded");
    const [, unloaded] = await Promise.all([reader.load(), reader.unload()]);
    expect({ unloaded, loaded: reader.loaded, id: reader.id }).toEqual({ unloaded: "unloaded", loaded: false });
    await expect(reader.analyse(image, never())).rejects.toMatchObject({ code: "model-not-loaded" });
    expect(await reader.load()).toBe("loaded");
    expect(await reader.analyse(image, never())).toMatchObject(analysis);
  });

  it("is not unloaded under a request, unless forced: then the request ends", async () => {
    server.script(keepsSilent);
    const reader = await loaded();
    const read = reader.analyse(image, never());
    await server.arrived(2);
    await expect(reader.unload()).rejects.toMatchObject({ code: "model-in-use", detail: "1 requests are in work" });
    expect(reader.loaded).toBe(true);
    const ended = expect(read).rejects.toMatchObject({ code: "model-not-loaded", detail: "the model was unloaded" });
    expect(await reader.unload({ force: true })).toBe("unloaded");
    await ended;
    await server.givenUp(1);
    expect(await reader.status()).toMatchObject({ state: "stopped", acceptedItems: 1, settledItems: 1 });
  });
});
