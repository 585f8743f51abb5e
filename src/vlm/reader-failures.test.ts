import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  breaksOff,
  type ChatAnswer,
  type ChatServer,
  hangsUp,
  keepsSilent,
  type Received,
  replies,
  says,
  startChatServer,
} from "../../test/support/chat-server.ts";
import { isProblem, lanes } from "../contracts/index.ts";
import type { Sending } from "./chat-client.ts";
import { replyBytesMax } from "./exchange.ts";
import { VisionLanguageReader } from "./reader.ts";
import { queuedItemsMax, runningItemsMax } from "./slots.ts";

const analysis = {
  classification: "Normal",
  confidence: 60,
  findings: [],
  recommendation: "None.",
  explanation: "Nothing to be seen.",
};
const good = says(JSON.stringify(analysis));
const image = { bytes: new Uint8Array([1, 2, 3]), sha256: "a".repeat(64), mediaType: "image/jpeg" as const };
const never = () => new AbortController().signal;

let server: ChatServer;
let sendings: Sending[];
beforeEach(async () => {
  server = await startChatServer();
  sendings = [];
});
afterEach(() => server.close());

async function loaded(change: object = {}): Promise<VisionLanguageReader> {
  const reader = new VisionLanguageReader(
    { VLM_URL: server.url, VLM_EXTERNAL: false, VLM_TIMEOUT_MS: 5000, ...change },
    { onSend: (sending) => void sendings.push(sending) },
  );
  await reader.load();
  return reader;
}
const isFormatted = ({ body }: Received) => "response_format" in (body as object);

describe("a model server that", () => {
  it("knows no response_format is asked without, from then on", async () => {
    const strict: ChatAnswer = (response, request) =>
      (isFormatted(request) ? replies(400, '{"error":"response_format"}') : good)(response, request);
    server.script(strict);
    const reader = await loaded();
    for (let i = 0; i < 2; i++) expect(await reader.analyse(image, never())).toMatchObject(analysis);
    expect(server.questions.map(isFormatted)).toEqual([true, false, false]);
    expect(sendings.map(({ attempt }) => attempt)).toEqual([1, 2, 1]);
  });

  it("refuses an image both ways keeps its response_format", async () => {
    server.script(replies(400, "{}"), replies(400, "{}"), good);
    const reader = await loaded();
    const read = reader.analyse(image, never());
    await expect(read).rejects.toMatchObject({ code: "inference-failed", detail: "the model server answered 400" });
    expect(await reader.analyse(image, never())).toMatchObject(analysis);
    expect(server.questions.map(isFormatted)).toEqual([true, false, true]);
  });

  it.each([
    [301, "model-not-loaded"],
    [307, "model-not-loaded"],
    [401, "model-not-loaded"],
    [403, "model-not-loaded"],
    [404, "model-not-loaded"],
    [413, "inference-failed"],
    [422, "inference-failed"],
    [429, "queue-full"],
    [500, "inference-failed"],
    [502, "model-not-loaded"],
    [503, "model-not-loaded"],
    [504, "model-not-loaded"],
  ])("answers %i is not asked again, nor quoted", async (status, code) => {
    server.script(replies(status, JSON.stringify({ error: { message: "with your picture" } })));
    const reader = await loaded();
    const problem: unknown = await reader.analyse(image, never()).catch((error: unknown) => error);
    if (!isProblem(problem)) throw problem;
    expect(problem.code).toBe(code);
    expect(problem.detail).toMatch(/^the model server/);
    expect(problem.detail).not.toContain("picture");
    expect(server.questions).toHaveLength(1);
  });

  it.each([301, 302, 303, 307, 308])("redirects with %i is not followed", async (status) => {
    const elsewhere = await startChatServer();
    elsewhere.script(good);
    const location = `${elsewhere.url}/chat/completions`;
    server.script(replies(status, "", { location }));
    const reader = await loaded();
    await expect(reader.analyse(image, never())).rejects.toMatchObject({ code: "model-not-loaded" });
    server.models = replies(status, "", { location: `${elsewhere.url}/models` });
    await expect(reader.load()).rejects.toMatchObject({ code: "model-not-loaded" });
    expect(elsewhere.received).toEqual([]);
    await elsewhere.close();
  });

  it("answers without end is cut off", async () => {
    const endless: ChatAnswer = (response) => {
      response.writeHead(200, { "content-type": "application/json" });
      const more = () => {
        while (response.write(" ".repeat(65_536)));
        response.once("drain", more);
      };
      more();
    };
    server.script(endless);
    const reader = await loaded();
    const detail = `the model server's answer is over ${replyBytesMax} bytes`;
    await expect(reader.analyse(image, never())).rejects.toMatchObject({ code: "inference-failed", detail });
    await server.givenUp(1);
  });

  it("sends a body of just the bound is read", async () => {
    const answer = JSON.stringify({ choices: [{ message: { content: JSON.stringify(analysis) } }] });
    server.script(replies(200, answer.padEnd(replyBytesMax)), replies(200, answer.padEnd(replyBytesMax + 1)));
    const reader = await loaded();
    expect(await reader.analyse(image, never())).toMatchObject(analysis);
    await expect(reader.analyse(image, never())).rejects.toMatchObject({ code: "inference-failed" });
  });
});

describe("a connection that", () => {
  it.each([
    ["is closed unanswered", hangsUp],
    ["breaks in the middle", breaksOff],
  ])("%s is tried once more", async (_, fault) => {
    server.script(fault, good);
    const reader = await loaded();
    expect(await reader.analyse(image, never())).toMatchObject(analysis);
    expect(sendings.map(({ attempt }) => attempt)).toEqual([1, 2]);
  });

  it("fails twice is not tried a third time; the next request tries anew", async () => {
    server.script(hangsUp, hangsUp, good);
    const reader = await loaded();
    const detail = "the model server cannot be reached (ECONNRESET)";
    await expect(reader.analyse(image, never())).rejects.toMatchObject({ code: "model-not-loaded", detail });
    expect(await reader.status()).toMatchObject({ state: "restarting", reason: detail, packs: [] });
    expect(await reader.analyse(image, never())).toMatchObject(analysis);
    expect(await reader.status()).toMatchObject({ state: "ready" });
  });

  it("is refused says so, until the server is there again", async () => {
    const reader = await loaded();
    const port = Number(server.host.split(":")[1]);
    await server.close();
    const detail = "the model server cannot be reached (ECONNREFUSED)";
    await expect(reader.analyse(image, never())).rejects.toMatchObject({ code: "model-not-loaded", detail });
    await expect(reader.load()).rejects.toMatchObject({ code: "model-not-loaded", detail });
    expect(reader.loaded).toBe(false);
    server = await startChatServer(port);
    server.script(good);
    expect(await reader.load()).toBe("loaded");
    expect(await reader.analyse(image, never())).toMatchObject(analysis);
  });

  it("fails is not tried again when there is no time left", async () => {
    server.script(hangsUp, good);
    const reader = await loaded();
    const read = reader.analyse(image, never(), { remainingMs: 150 });
    await expect(read).rejects.toMatchObject({ code: "deadline-exceeded" });
    expect(server.questions).toHaveLength(1);
  });
});

describe("a caller", () => {
  it.each([
    ["its own time", {}, { remainingMs: 100 }],
    ["the configured time", { VLM_TIMEOUT_MS: 100 }, {}],
    ["the configured time, which is shorter", { VLM_TIMEOUT_MS: 100 }, { remainingMs: 60_000 }],
  ])("waits no longer than %s", async (_, change, options) => {
    server.script(keepsSilent);
    const reader = await loaded(change);
    await expect(reader.analyse(image, never(), options)).rejects.toMatchObject({ code: "deadline-exceeded" });
    await server.givenUp(1);
  });

  it("who hangs up ends the model's work", async () => {
    server.script(keepsSilent);
    const reader = await loaded();
    const caller = new AbortController();
    const read = reader.analyse(image, caller.signal);
    await server.arrived(2);
    caller.abort();
    await expect(read).rejects.toMatchObject({ code: "client-closed-request" });
    await server.givenUp(1);
    expect(await reader.status()).toMatchObject({ state: "ready", cancelledItems: 1, settledItems: 1 });
    await expect(reader.analyse(image, caller.signal)).rejects.toMatchObject({ code: "client-closed-request" });
    expect(server.questions).toHaveLength(1);
  });

  it("who hangs up while the audit entry is written keeps the image here", async () => {
    server.script(good);
    const reader = await loaded();
    const caller = new AbortController();
    const read = reader.analyse(image, caller.signal, { onSend: () => caller.abort() });
    await expect(read).rejects.toMatchObject({ code: "client-closed-request" });
    expect(server.questions).toEqual([]);
  });
});

describe("many callers", () => {
  it("run and wait up to a bound each, in their order; more are refused", async () => {
    const held: (() => void)[] = [];
    const holds: ChatAnswer = (response, request) => void held.push(() => good(response, request));
    server.script(holds);
    const reader = await loaded();
    const total = runningItemsMax + queuedItemsMax;
    const callers = Array.from({ length: total }, () => new AbortController());
    const task = { id: "t", image: { ...image, width: 1, height: 1 }, remainingMs: 5000 };
    const reads = callers.map(({ signal }, i) =>
      reader.predict(
        { ...task, packs: [reader.digest ?? ""], lane: lanes[i % 2 === 0 ? 0 : 2] as "bulk", id: `t-${i}` },
        signal,
      ),
    );
    const settled = Promise.allSettled(reads);
    await server.arrived(1 + runningItemsMax);
    await expect(reader.analyse(image, never())).rejects.toMatchObject({ code: "queue-full" });
    expect(await reader.status()).toMatchObject({
      workers: runningItemsMax,
      busyWorkers: runningItemsMax,
      runningItems: runningItemsMax,
      queuedItems: queuedItemsMax,
      queuedBytes: queuedItemsMax * image.bytes.length,
      lanes: { interactive: { queuedItems: 8 }, escalation: { queuedItems: 0 }, bulk: { queuedItems: 8 } },
      acceptedItems: total,
      settledItems: 0,
    });

    callers[runningItemsMax]?.abort();
    await expect(reads[runningItemsMax]).rejects.toMatchObject({ code: "client-closed-request" });
    expect(await reader.status()).toMatchObject({ queuedItems: queuedItemsMax - 1, settledItems: 1 });
    for (let answered = 0; answered < total - 1; answered++) {
      await server.arrived(Math.min(1 + runningItemsMax + answered, total));
      held[answered]?.();
    }
    const outcomes = (await settled).map(({ status }) => status);
    expect(outcomes.filter((status) => status === "fulfilled")).toHaveLength(total - 1);
    expect(sendings.map((each) => each.task)).toEqual(
      callers.flatMap((_, i) => (i === runningItemsMax ? [] : [`t-${i}`])),
    );
    expect(await reader.status()).toMatchObject({ runningItems: 0, queuedItems: 0, settledItems: total });
  });

  it("who run and wait are all ended by a forced unloading", async () => {
    server.script(keepsSilent);
    const reader = await loaded();
    const reads = Array.from({ length: runningItemsMax + 2 }, () => reader.analyse(image, never()));
    const settled = Promise.allSettled(reads);
    await server.arrived(1 + runningItemsMax);
    expect(await reader.unload({ force: true })).toBe("unloaded");
    for (const outcome of await settled) expect(outcome).toMatchObject({ reason: { code: "model-not-loaded" } });
    expect(sendings).toHaveLength(runningItemsMax);
    expect(await reader.status()).toMatchObject({ runningItems: 0, queuedItems: 0 });
  });
});
