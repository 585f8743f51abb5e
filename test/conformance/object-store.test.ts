import { createHash, randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, connect, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HeadObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FileObjects, type KeptObjects, S3Objects } from "../../dist/store/index.js";
import { type Clock, createLog, systemClock } from "../../src/platform/index.ts";
import { drawEye } from "../support/eye.ts";
import { startServer, until } from "../support/server.ts";

const endpoint = process.env["S3_ENDPOINT"] || undefined;
const bucket = process.env["S3_BUCKET"] ?? "";
const hourMs = 3_600_000;
const log = createLog("silent", "test");
const region = "us-east-1";

const object = (text: string = randomUUID()) => {
  const bytes = new TextEncoder().encode(text);
  return { bytes, sha256: createHash("sha256").update(bytes).digest("hex") };
};

/** A clock that may run ahead, so that what was put now is old. */
class AheadClock implements Clock {
  aheadMs = 0;
  now = systemClock.now;
  timestamp = systemClock.timestamp;
  wallMs = (): number => systemClock.wallMs() + this.aheadMs;
}

interface Place {
  readonly objects: KeptObjects;
  readonly clock: AheadClock;
  /** What is under a name is these bytes from now on. */
  overwrite(sha256: string, bytes: Uint8Array): Promise<void>;
  drop(): Promise<void>;
}

async function filesPlace(): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), "fovea-objects-"));
  const clock = new AheadClock();
  return {
    objects: await FileObjects.open(folder, clock),
    clock,
    overwrite: (sha256, bytes) => writeFile(join(folder, sha256.slice(0, 2), sha256), bytes),
    drop: () => rm(folder, { recursive: true, force: true }),
  };
}

async function s3Place(): Promise<Place & { readonly prefix: string; readonly client: S3Client }> {
  const prefix = `test-${randomUUID()}/images`;
  const clock = new AheadClock();
  const client = new S3Client({ region, forcePathStyle: true, endpoint: endpoint as string });
  const objects = await S3Objects.open({ bucket, prefix, region, endpoint: endpoint as string, clock, log });
  return {
    objects,
    clock,
    prefix,
    client,
    overwrite: async (sha256, bytes) => {
      const Key = `${prefix}/${sha256.slice(0, 2)}/${sha256}`;
      await client.send(new PutObjectCommand({ Bucket: bucket, Key, Body: bytes }));
    },
    drop: async () => {
      clock.aheadMs = hourMs;
      for await (const names of objects.untouched(0)) for (const name of names) await objects.removeUntouched(name, 0);
      await objects.close();
      client.destroy();
    },
  };
}

const places: readonly { name: string; open: () => Promise<Place>; here: boolean }[] = [
  { name: "files", open: filesPlace, here: true },
  { name: "S3", open: s3Place, here: endpoint !== undefined },
];

describe.each(places)("images in $name", ({ open, here }) => {
  describe.skipIf(!here)("(an S3 server in S3_ENDPOINT with S3_BUCKET)", () => {
    let place: Place;
    beforeAll(async () => {
      place = await open();
    });
    afterAll(() => place.drop());

    it("gives back the bytes that were put, also when they were put many times at once", async () => {
      const { objects } = place;
      const image = object();
      await Promise.all(Array.from({ length: 10 }, () => objects.putObject(image)));
      await objects.putObject(image);
      expect(Buffer.from((await objects.getObject(image.sha256)) ?? [])).toEqual(Buffer.from(image.bytes));
    });

    it("keeps an image of some megabytes", async () => {
      const bytes = new Uint8Array(8 * 1024 * 1024).map((_, i) => (i * 2654435761) >>> 24);
      const image = { bytes, sha256: createHash("sha256").update(bytes).digest("hex") };
      await place.objects.putObject(image);
      expect(Buffer.compare((await place.objects.getObject(image.sha256)) ?? new Uint8Array(), bytes)).toBe(0);
    });

    it.each(["", "../../etc/passwd", "ABC", "0".repeat(63), "0".repeat(64)])("finds nothing under %j", async (name) => {
      expect(await place.objects.getObject(name)).toBeUndefined();
    });

    it("never returns bytes that do not hash to their name, and mends them when they are put again", async () => {
      const { objects, overwrite } = place;
      const image = object("an eye");
      await objects.putObject(image);
      await overwrite(image.sha256, new TextEncoder().encode("an"));
      await expect(objects.getObject(image.sha256)).rejects.toMatchObject({ code: "image-damaged" });
      await objects.putObject(image);
      expect(Buffer.from((await objects.getObject(image.sha256)) ?? []).toString()).toBe("an eye");
    });

    it("names and deletes what is old, and never what is young", async () => {
      const { objects, clock } = place;
      const [one, other] = [object(), object()];
      const old = async (): Promise<string[]> => {
        const found: string[] = [];
        for await (const names of objects.untouched(hourMs)) found.push(...names);
        return found;
      };
      await objects.putObject(one);
      await objects.putObject(other);
      expect(await old()).toEqual([]);
      expect(await objects.removeUntouched(one.sha256, hourMs)).toBe(false);
      clock.aheadMs = 2 * hourMs;
      expect(await old()).toEqual(expect.arrayContaining([one.sha256, other.sha256]));
      expect(await objects.removeUntouched(one.sha256, hourMs)).toBe(true);
      expect(await objects.removeUntouched(one.sha256, hourMs)).toBe(true);
      clock.aheadMs = 0;
      expect(await objects.getObject(one.sha256)).toBeUndefined();
      expect(await objects.getObject(other.sha256)).toBeDefined();
    });

    it("says that nothing fails", () => until(() => place.objects.failure === undefined, 10_000, "no failure"));
  });
});

describe.skipIf(endpoint === undefined)("what S3 alone can do (an S3 server in S3_ENDPOINT with S3_BUCKET)", () => {
  let place: Awaited<ReturnType<typeof s3Place>>;
  beforeAll(async () => {
    place = await s3Place();
  });
  afterAll(() => place.drop());
  const openS3 = (change: { bucket?: string; endpoint?: string; publicEndpoint?: string }) =>
    S3Objects.open({ bucket, prefix: place.prefix, region, endpoint: endpoint as string, log, ...change });
  const link = async (objects: KeptObjects, sha256: string, seconds = 60): Promise<string> =>
    (await objects.linkObject?.(sha256, "image/webp", seconds)) as string;

  it("puts a key that says nothing but the digest, with the checksum beside it", async () => {
    const image = object();
    await place.objects.putObject(image);
    const Key = `${place.prefix}/${image.sha256.slice(0, 2)}/${image.sha256}`;
    const head = await place.client.send(new HeadObjectCommand({ Bucket: bucket, Key, ChecksumMode: "ENABLED" }));
    expect(head.ChecksumSHA256).toBe(Buffer.from(image.sha256, "hex").toString("base64"));
  });

  it("is refused bytes that are not those of the digest", async () => {
    const image = { bytes: object().bytes, sha256: object().sha256 };
    await expect(place.objects.putObject(image)).rejects.toMatchObject({ code: "store-unavailable" });
    expect(await place.objects.getObject(image.sha256)).toBeUndefined();
    await until(() => place.objects.failure === undefined, 10_000, "no failure");
  });

  it("starts the age of an old image anew when it is put again, and leaves a young one", async () => {
    const image = object();
    const Key = `${place.prefix}/${image.sha256.slice(0, 2)}/${image.sha256}`;
    const putAt = async () =>
      (await place.client.send(new HeadObjectCommand({ Bucket: bucket, Key }))).LastModified?.getTime() ?? 0;
    await place.objects.putObject(image);
    const first = await putAt();
    // Times of the server are whole seconds.
    await until(() => systemClock.wallMs() >= first + 1000, 5000, "the next second");
    await place.objects.putObject(image);
    expect(await putAt()).toBe(first);
    place.clock.aheadMs = hourMs / 2;
    await place.objects.putObject(image);
    place.clock.aheadMs = 0;
    expect(await putAt()).toBeGreaterThan(first);
  });

  it("walks through more than one page, and leaves what is not an image of ours", async () => {
    const { objects, clock, client } = await s3Place();
    const { prefix } = place;
    const foreign = `${prefix}/ab/${"0".repeat(64)}`;
    await client.send(new PutObjectCommand({ Bucket: bucket, Key: foreign, Body: "not ours" }));
    await client.send(new PutObjectCommand({ Bucket: bucket, Key: `${prefix}/readme`, Body: "not ours" }));
    clock.aheadMs = 2 * hourMs;
    place.clock.aheadMs = 2 * hourMs;
    for await (const names of place.objects.untouched(hourMs)) expect(names).not.toContain("0".repeat(64));
    place.clock.aheadMs = 0;
    const many = Array.from({ length: 1005 }, () => object());
    for (let i = 0; i < many.length; i += 64)
      await Promise.all(many.slice(i, i + 64).map((each) => objects.putObject(each)));
    const pages: (readonly string[])[] = [];
    for await (const names of objects.untouched(hourMs)) pages.push(names);
    expect(pages.length).toBeGreaterThan(1);
    expect(pages.flat().sort()).toEqual(many.map(({ sha256 }) => sha256).sort());
    await objects.close();
    client.destroy();
  });

  it("links to the right bytes under their true type, for a while, and to nothing else", async () => {
    const [image, other] = [object(), object()];
    await place.objects.putObject(image);
    await place.objects.putObject(other);
    const href = await link(place.objects, image.sha256);
    const fetched = await fetch(href);
    expect(fetched.status).toBe(200);
    expect(fetched.headers.get("content-type")).toBe("image/webp");
    expect(fetched.headers.get("cache-control")).toBe("no-store");
    expect(new Uint8Array(await fetched.arrayBuffer())).toEqual(image.bytes);
    for (const forged of [
      href
        .replace(image.sha256, other.sha256)
        .replace(`/${image.sha256.slice(0, 2)}/`, `/${other.sha256.slice(0, 2)}/`),
      href.replace("image%2Fwebp", "text%2Fhtml"),
      href.replace("X-Amz-Expires=60", "X-Amz-Expires=600"),
      href.replace(/X-Amz-Signature=./, (match) => `${match.slice(0, -1)}${match.endsWith("0") ? "1" : "0"}`),
    ]) {
      expect(forged).not.toBe(href);
      expect((await fetch(forged)).status).toBe(403);
    }
    expect((await fetch(href, { method: "DELETE" })).status).toBe(403);
    const brief = await link(place.objects, image.sha256, 1);
    await until(async () => (await fetch(brief)).status === 403, 5000, "the link to end");
    expect(await place.objects.linkObject?.("../other", "image/png", 60)).toBeUndefined();
  });

  it("signs for the name under which clients reach the server", async () => {
    const image = object();
    await place.objects.putObject(image);
    const inside = new URL(endpoint as string);
    const publicEndpoint = `http://localhost:${inside.port}`;
    const objects = await openS3({ publicEndpoint });
    const href = await link(objects, image.sha256);
    expect(href.startsWith(`${publicEndpoint}/`)).toBe(true);
    expect(new Uint8Array(await (await fetch(href)).arrayBuffer())).toEqual(image.bytes);
    await objects.close();
  });

  it("says that the bucket is wrong, and that the keys are", async () => {
    const wrong = await openS3({ bucket: "no-such-bucket-here" });
    expect(wrong.failure).toBe("the object store has not answered yet");
    await until(() => wrong.failure === "the object store has no such bucket", 10_000, "the reason");
    await expect(wrong.putObject(object())).rejects.toMatchObject({ code: "store-unavailable", retryAfterS: 2 });
    await expect(wrong.getObject(object().sha256)).rejects.toMatchObject({ code: "store-unavailable" });
    await wrong.close();
    const secret = process.env["AWS_SECRET_ACCESS_KEY"];
    process.env["AWS_SECRET_ACCESS_KEY"] = "another";
    const refused = await openS3({});
    await until(() => refused.failure === "the object store refuses our keys", 10_000, "the reason");
    process.env["AWS_SECRET_ACCESS_KEY"] = secret;
    await refused.close();
  });

  it("refuses while the server is away and is whole again by itself", async () => {
    const wire = new Wire(new URL(endpoint as string));
    await wire.mend();
    const objects = await openS3({ endpoint: wire.url });
    await until(() => objects.failure === undefined, 10_000, "the server to answer");
    await wire.cut();
    const image = object();
    const started = performance.now();
    for (const ask of [
      () => objects.putObject(image),
      () => objects.getObject(image.sha256),
      () => objects.removeUntouched(image.sha256, 0),
      () => objects.untouched(0)[Symbol.asyncIterator]().next(),
    ])
      await expect(ask()).rejects.toMatchObject({ code: "store-unavailable" });
    expect(performance.now() - started).toBeLessThan(15_000);
    expect(objects.failure).toBe("the object store does not answer");
    await wire.mend();
    await until(() => objects.failure === undefined, 10_000, "the server to be back");
    await objects.putObject(image);
    expect(await objects.getObject(image.sha256)).toEqual(new Uint8Array(image.bytes));
    await objects.close();
    await wire.cut();
  });

  it("waits no longer than its bound for a server that accepts and says nothing", async () => {
    const mute = createServer((socket) => socket.on("error", () => undefined));
    mute.listen(0, "127.0.0.1");
    await once(mute, "listening");
    const objects = await openS3({ endpoint: `http://127.0.0.1:${(mute.address() as AddressInfo).port}` });
    const started = performance.now();
    await expect(objects.putObject(object())).rejects.toMatchObject({ code: "store-unavailable" });
    expect(performance.now() - started).toBeLessThan(16_000);
    await objects.close();
    mute.close();
  });

  it("keeps the images of a whole server, which is not ready while the bucket is wrong", async () => {
    const prefix = `server-${randomUUID()}`;
    const server = await startServer({ OBJECT_STORE: `s3://${bucket}/${prefix}/`, S3_ENDPOINT: endpoint as string });
    try {
      await server.ready();
      const posted = await fetch(`${server.url}/v1/programmes/cataract/cases`, {
        method: "POST",
        body: new Uint8Array(await drawEye(1)),
        headers: { "content-type": "image/jpeg" },
      });
      expect(posted.status).toBe(201);
      const { id, image } = (await posted.json()) as { id: string; image: { sha256: string } };
      const stored = new Uint8Array(await (await fetch(`${server.url}/v1/cases/${id}/image`)).arrayBuffer());
      expect(createHash("sha256").update(stored).digest("hex")).toBe(image.sha256);
      const held = await place.client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix }));
      expect(held.Contents?.map(({ Key }) => Key)).toEqual([`${prefix}/${image.sha256.slice(0, 2)}/${image.sha256}`]);
      expect(await readdir(server.dataDir)).not.toContain("objects");
    } finally {
      expect(await server.stop()).toBe(0);
    }
    const wrong = await startServer({ OBJECT_STORE: "s3://no-such-bucket-here", S3_ENDPOINT: endpoint as string });
    const reason = async () => ((await (await fetch(`${wrong.url}/readyz`)).json()) as { reason?: string }).reason;
    await until(async () => (await reason()) === "the object store has no such bucket", 60_000, "the reason");
    expect(await wrong.stop()).toBe(0);
  });
});

it("keeps the images of a whole server in a folder of OBJECT_STORE", async () => {
  const folder = await mkdtemp(join(tmpdir(), "fovea-elsewhere-"));
  const server = await startServer({ OBJECT_STORE: `file:${folder}` });
  try {
    await server.ready();
    const posted = await fetch(`${server.url}/v1/programmes/cataract/cases`, {
      method: "POST",
      body: new Uint8Array(await drawEye(2)),
      headers: { "content-type": "image/jpeg" },
    });
    const { image } = (await posted.json()) as { image: { sha256: string } };
    expect(await readdir(join(folder, image.sha256.slice(0, 2)))).toEqual([image.sha256]);
    expect(await readdir(server.dataDir)).not.toContain("objects");
  } finally {
    await server.stop();
    await rm(folder, { recursive: true });
  }
});

/** Passes bytes on to the server, until it is cut. */
class Wire {
  readonly #target: URL;
  #server: Server | undefined;
  #port = 0;
  #cut = (): void => undefined;

  constructor(target: URL) {
    this.#target = target;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  async mend(): Promise<void> {
    const sockets = new Set<{ destroy(): void }>();
    this.#server = createServer((near) => {
      const far = connect(Number(this.#target.port), this.#target.hostname);
      for (const [socket, other] of [
        [near, far],
        [far, near],
      ] as const) {
        sockets.add(socket);
        socket.on("error", () => undefined);
        socket.once("close", () => other.destroy());
      }
      near.pipe(far).pipe(near);
    });
    this.#cut = () => {
      for (const socket of sockets) socket.destroy();
    };
    this.#server.listen(this.#port, "127.0.0.1");
    await once(this.#server, "listening");
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  async cut(): Promise<void> {
    const closed = once(this.#server as Server, "close");
    this.#server?.close();
    this.#cut();
    await closed;
  }
}
