import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { DownloadableEntry } from "./catalogue.ts";
import { mirrored, type PullOptions, pullModel, verifyModel } from "./pull.ts";

const bytes = randomBytes(300_000);
const half = 150_000;
const etag = '"one"';
const entry: DownloadableEntry = {
  id: "model-1",
  title: "A model",
  licence: "none",
  source: {
    repository: "a/b",
    revision: "c",
    path: "onnx/model.bin",
    url: "https://hub.invalid/a/b/resolve/c/model.bin",
  },
  bytes: bytes.length,
  sha256: createHash("sha256").update(bytes).digest("hex"),
  kind: "encoder",
  input: {
    name: "pixels",
    type: "float32",
    layout: "nchw",
    channels: 1,
    width: 224,
    height: 224,
    resize: { shortestSide: 224, kernel: "bicubic" },
    crop: "centre",
    range: [0, 1],
    mean: [0],
    std: [1],
  },
  outputs: { embedding: 8 },
  precision: "float32",
  batchMax: 1,
  batchInvariant: true,
};

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** Knows ranges and ETags, as a hub does. */
const whole: Answer = (request, response) => {
  const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
  const same = from > 0 && (request.headers["if-range"] ?? etag) === etag;
  const body = same ? bytes.subarray(from) : bytes;
  response.setHeader("etag", etag);
  response.setHeader("content-length", body.length);
  if (same) response.writeHead(206, { "content-range": `bytes ${from}-${bytes.length - 1}/${bytes.length}` });
  response.end(body);
};
/** Promises the whole file, sends half of it and hangs up. */
const cut: Answer = (_request, response) => {
  response.writeHead(200, { etag, "content-length": bytes.length });
  response.write(bytes.subarray(0, half));
  cutShort = response;
};
/** Hung up as soon as the half that it sends has arrived. */
let cutShort: ServerResponse | undefined;
const status =
  (code: number, headers: Record<string, string> = {}): Answer =>
  (_request, response) =>
    void response.writeHead(code, headers).end("words");
const sends =
  (body: Buffer, announce = true): Answer =>
  (_request, response) => {
    response.writeHead(200, announce ? { "content-length": body.length } : {});
    response.end(body);
  };
const silent: Answer = (_request, response) => {
  response.writeHead(200, { etag, "content-length": bytes.length });
  response.write(bytes.subarray(0, 1000));
};

describe("pullModel", () => {
  let folder: string;
  let server: Server;
  let answers: Answer[];
  let asked: IncomingMessage[];
  let mirror: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "fovea-pull-"));
    asked = [];
    server = createServer((request, response) => {
      asked.push(request);
      // The last answer is given again and again.
      ((answers.length > 1 ? answers.shift() : answers[0]) as Answer)(request, response);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    mirror = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hub/`;
  });
  afterEach(async () => {
    server.closeAllConnections();
    server.close();
    await rm(folder, { recursive: true, force: true });
  });

  const limits = { attemptsMax: 3, backOffMs: 1, stallMsMax: 10_000 };
  const pull = (first: Answer, ...rest: Answer[]) => {
    answers = [first, ...rest];
    const onProgress: PullOptions["onProgress"] = (progress) => {
      if (progress.bytes !== half) return;
      cutShort?.destroy();
      cutShort = undefined;
    };
    return pullModel(entry, { into: folder, mirror, signal: new AbortController().signal, limits, onProgress });
  };
  const refusal = (fault: string) => ({ name: "RegistryError", fault });
  const path = () => join(folder, "model-1", "model.bin");
  const left = () => readdir(dirname(path()));

  it.each([
    ["other bytes of the right number", "hash-wrong", sends(Buffer.alloc(bytes.length))],
    ["more bytes than announced in the catalogue", "size-wrong", sends(Buffer.concat([bytes, bytes]))],
    ["more bytes without saying so", "size-wrong", sends(Buffer.concat([bytes, bytes]), false)],
    ["fewer bytes", "size-wrong", sends(bytes.subarray(0, half))],
    ["fewer bytes without saying so", "size-wrong", sends(bytes.subarray(0, half), false)],
  ])("deletes what it has and says so when the server sends %s", async (_name, fault, answer) => {
    await expect(pull(answer)).rejects.toMatchObject(refusal(fault));
    expect(await left()).toEqual([]);
    expect(asked.length).toBe(1);
  });

  it.each([404, 401, 403, 410])("does not ask again after %i", async (code) => {
    await expect(pull(status(code))).rejects.toMatchObject(refusal("download-refused"));
    expect(asked.length).toBe(1);
    expect(await left()).toEqual([]);
  });

  it("gives up after as many attempts as allowed", async () => {
    await expect(pull(status(503))).rejects.toMatchObject(refusal("download-failed"));
    expect(asked.length).toBe(limits.attemptsMax);
  });

  it("gives up when no byte comes, and keeps what came for the next time", async () => {
    answers = [silent];
    const stalling = { ...limits, stallMsMax: 200 };
    const options = { into: folder, mirror, signal: new AbortController().signal, limits: stalling };
    await expect(pullModel(entry, options)).rejects.toMatchObject(refusal("download-stalled"));
    expect(asked.length).toBe(limits.attemptsMax);
    expect(await left()).toEqual(["model.bin.part", "model.bin.part.etag"]);
  });

  it("stops when it is told to, keeps what came, and goes on from there", async () => {
    const stop = new AbortController();
    answers = [silent];
    const options: PullOptions = { into: folder, mirror, signal: stop.signal, onProgress: () => stop.abort() };
    await expect(pullModel(entry, options)).rejects.toMatchObject(refusal("download-aborted"));
    await expect(pull(whole)).resolves.toMatchObject({ bytesFetched: bytes.length - 1000 });
    expect(asked.at(-1)?.headers).toMatchObject({ range: "bytes=1000-", "if-range": etag });
  });

  it.each([
    ["in a circle", "/hub/a/b/resolve/c/model.bin", 6],
    ["to another protocol", "file:///etc/passwd", 1],
    ["to nowhere", "http://", 1],
  ])("does not follow redirects %s", async (_name, location, requests) => {
    await expect(pull(status(302, { location }))).rejects.toMatchObject(refusal("download-refused"));
    expect(asked.length).toBe(requests);
  });

  it("refuses a range it did not ask for", async () => {
    const other: Answer = (_request, response) => {
      const range = `bytes 5-${bytes.length - 1}/${bytes.length}`;
      response.writeHead(206, { "content-range": range, "content-length": bytes.length - 5 }).end(bytes.subarray(5));
    };
    await expect(pull(other)).rejects.toMatchObject(refusal("download-refused"));
  });

  it("deletes a file with the right hash that is named ONNX and is none", async () => {
    const onnx = { ...entry, source: { ...entry.source, path: "model.onnx" } };
    answers = [whole];
    const options = { into: folder, mirror, signal: new AbortController().signal };
    await expect(pullModel(onnx, options)).rejects.toMatchObject(refusal("onnx-invalid"));
    expect(await left()).toEqual([]);
  });

  it("fetches a file once, from where the mirror has it", async () => {
    await expect(pull(whole)).resolves.toMatchObject({ path: path(), bytesFetched: bytes.length });
    await expect(pull(whole)).resolves.toMatchObject({ path: path(), bytesFetched: 0 });
    expect(asked.map(({ url }) => url)).toEqual(["/hub/a/b/resolve/c/model.bin"]);
    expect(await left()).toEqual(["model.bin"]);
    expect((await readFile(path())).equals(bytes)).toBe(true);
  });

  it("goes on where it was cut, and asks for just the rest", async () => {
    const pulled = await pull(cut, whole);
    expect(asked.map(({ headers }) => headers.range)).toEqual([undefined, `bytes=${half}-`]);
    expect(pulled.bytesFetched).toBe(bytes.length);
    expect((await readFile(path())).equals(bytes)).toBe(true);
  });

  it("begins anew when the file has changed, and when the server knows no ranges", async () => {
    const changed: Answer = (_request, response) => {
      response.writeHead(200, { etag: '"other"', "content-length": bytes.length });
      response.write(Buffer.alloc(half));
      cutShort = response;
    };
    expect((await pull(changed, whole)).bytesFetched).toBe(half + bytes.length);
    await rm(path());
    expect((await pull(cut, sends(bytes))).bytesFetched).toBe(half + bytes.length);
    expect((await readFile(path())).equals(bytes)).toBe(true);
  });

  it("tries again after 500, 429 and a redirect to a store", async () => {
    const store = status(302, { location: "/store/blob" });
    await pull(status(500), status(429), store, whole);
    expect(asked.length).toBe(4);
    expect(asked.at(-1)?.url).toBe("/store/blob");
  });

  it("replaces a file that was altered, which verifyModel refuses", async () => {
    await expect(verifyModel(entry, folder)).rejects.toMatchObject(refusal("model-unknown"));
    await pull(whole);
    await writeFile(path(), Buffer.alloc(bytes.length));
    await expect(verifyModel(entry, folder)).rejects.toMatchObject(refusal("hash-wrong"));
    await pull(whole);
    await expect(verifyModel(entry, folder)).resolves.toMatchObject({ sha256: entry.sha256 });
  });

  it("lets only one pull of a file run", async () => {
    const slow: Answer = (request, response) => void setTimeout(() => whole(request, response), 100);
    answers = [slow];
    const both = await Promise.all([pull(slow), pull(slow)]);
    expect(both.map(({ bytesFetched }) => bytesFetched).sort()).toEqual([0, bytes.length]);
  });
});

describe("mirrored", () => {
  it("refuses what is no HTTP URL", () => {
    for (const mirror of ["models", "file:///models", "ftp://host"])
      expect(() => mirrored(entry.source.url, mirror)).toThrowError(
        expect.objectContaining({ fault: "download-refused" }),
      );
  });

  it("changes scheme, host and prefix and keeps the rest", () => {
    expect(mirrored("https://a.org/b/c?d=1", "http://m:8080/x/").href).toBe("http://m:8080/x/b/c?d=1");
    expect(mirrored("https://a.org/b/c", undefined).href).toBe("https://a.org/b/c");
    expect(mirrored("https://a.org/b/c", "").href).toBe("https://a.org/b/c");
  });
});
