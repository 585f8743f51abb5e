import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CaseRecord } from "../../src/contracts/index.ts";
import { caseRecord } from "../support/case-record.ts";
import { drawEye } from "../support/eye.ts";
import { canary, insert, jpegSegment } from "../support/pictures.ts";
import { startServer, type TestServer } from "../support/server.ts";

const cases = "/v1/programmes/cataract/cases";
const fovea = resolve(import.meta.dirname, "../../dist/cli/fovea.js");

/** Runs a command of ours; its exit code is part of what it says. */
async function run(dataDir: string, ...words: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const env = { ...process.env, DATA_DIR: dataDir };
  return promisify(execFile)(process.execPath, [fovea, ...words], { env }).then(
    (ended) => ({ ...ended, code: 0 }),
    (error) => error as { code: number; stdout: string; stderr: string },
  );
}

describe("what a server keeps", () => {
  let folder: string;
  let server: TestServer;
  let eye: Buffer;
  const start = async () => {
    server = await startServer({}, folder);
    await server.ready();
  };
  const post = (body: Uint8Array, headers: Record<string, string> = {}) =>
    fetch(server.url + cases, {
      method: "POST",
      body: new Uint8Array(body),
      headers: { "content-type": "image/jpeg", ...headers },
    });

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "fovea-records-"));
    eye = await drawEye(1);
    // The last release kept cases as lines of JSON; its last line was cut off by a crash.
    await mkdir(join(folder, "cases"));
    await writeFile(
      join(folder, "cases", "a.0.ndjson"),
      `${JSON.stringify(old[0])}\n${JSON.stringify(old[1])}\n{"id":"`,
    );
    await start();
  });
  afterAll(async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });
  const old = [caseRecord({ externalId: "old" }), caseRecord({ externalId: "old" })];

  it("holds the cases of the last release", async () => {
    const { cases: found } = (await (await fetch(`${server.url}/v1/cases?externalId=old`)).json()) as {
      cases: CaseRecord[];
    };
    expect(found.map(({ id }) => id).sort()).toEqual(old.map(({ id }) => id).sort());
    expect(await readdir(folder)).toContain("cases.imported");
  });

  it("makes one case of fifty equal posts under a key, refuses another body, and remembers after a restart", async () => {
    const key = { "idempotency-key": "fifty" };
    const answers = await Promise.all(Array.from({ length: 50 }, () => post(eye, key)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    const bodies = await Promise.all(answers.map((each) => each.text()));
    expect(new Set(bodies).size).toBe(1);
    const other = await drawEye(2);
    expect((await post(other, key)).status).toBe(422);
    const held = (await server.records()).length;
    await server.stop();
    await start();
    expect(await (await post(eye, key)).text()).toBe(bodies[0]);
    expect((await post(other, key)).status).toBe(422);
    expect((await server.records()).length).toBe(held);
  });

  it("gives image, heatmap and link of a case back", async () => {
    const { id, image, links } = (await (await post(await drawEye(3))).json()) as CaseRecord & {
      links: Record<string, string>;
    };
    const stored = new Uint8Array(await (await fetch(server.url + links["image"])).arrayBuffer());
    expect(createHash("sha256").update(stored).digest("hex")).toBe(image.sha256);
    const heatmap = async (label: string) => {
      const response = await fetch(`${server.url}${links["heatmap"]}?label=${label}`);
      expect(response.headers.get("content-type")).toBe("image/png");
      return new Uint8Array(await response.arrayBuffer());
    };
    const { width, height, channels } = await sharp(await heatmap("cataract")).metadata();
    expect((width as number) / (height as number)).toBeCloseTo(image.width / image.height, 1);
    expect(channels).toBe(4);
    // The same map, turned: what speaks for one label speaks against the other.
    expect(await heatmap("normal")).not.toEqual(await heatmap("cataract"));
    const linked = await fetch(`${server.url}/v1/cases/${id}/image/links`, { method: "POST" });
    const { href } = (await linked.json()) as { href: string };
    expect((await fetch(server.url + href)).status).toBe(200);
    expect((await fetch(server.url + href.replace(/expires=\d+/, "expires=1"))).status).toBe(403);
  });

  it("keeps nothing of what a camera or a person wrote into the file", async () => {
    const exif = await sharp(eye)
      .withExif({ IFD0: { Artist: canary, ImageDescription: canary }, IFD3: { GPSProcessingMethod: canary } })
      .jpeg()
      .toBuffer();
    const marked = insert(
      exif,
      2,
      jpegSegment(0xfe, canary),
      jpegSegment(0xe1, `http://ns.adobe.com/xap/1.0/\0${canary}`),
    );
    expect(marked.includes(canary)).toBe(true);
    const body = new FormData();
    body.append("image", new Blob([new Uint8Array(marked)]), `${canary}.jpg`);
    const answer = await fetch(server.url + cases, { method: "POST", body, headers: { "idempotency-key": canary } });
    expect(answer.status).toBe(201);
    expect(await answer.text()).not.toContain(canary);
    await server.stop();
    const files = await readdir(folder, { recursive: true, withFileTypes: true });
    let looked = 0;
    for (const file of files.filter((each) => each.isFile())) {
      const bytes = await readFile(join(file.parentPath, file.name));
      expect(bytes.includes(canary), file.name).toBe(false);
      looked++;
    }
    expect(looked).toBeGreaterThan(100);
    await start();
  });

  it("can be verified once the server has ended, and not by two at once", async () => {
    const busy = await run(folder, "audit", "verify");
    expect(busy.code).toBe(69);
    expect(busy.stderr).toContain("stop the server");
    await expect(startServer({}, folder)).rejects.toThrow(/is used by process/);
    await server.stop();
    const verdict = await run(folder, "audit", "verify");
    expect(verdict.stdout).toMatch(/intact: \d+ entries/);
    expect(verdict.code).toBe(0);
    await start();
  });

  it("comes back from a copy as it was when it was copied", async () => {
    const before = (await server.records()).map(({ id }) => id);
    await server.stop();
    const copy = `${folder}-backup`;
    await cp(folder, copy, { recursive: true });
    await start();
    for (let i = 0; i < 5; i++) expect((await post(await drawEye(20 + i))).status).toBe(201);
    await server.stop();
    await rm(folder, { recursive: true });
    await cp(copy, folder, { recursive: true });
    await rm(copy, { recursive: true });
    expect((await run(folder, "audit", "verify")).code).toBe(0);
    await start();
    expect((await server.records()).map(({ id }) => id)).toEqual(before);
    for (const { image } of (await server.records()).filter(({ externalId }) => externalId !== "old"))
      expect(await readdir(join(folder, "objects", image.sha256.slice(0, 2)))).toContain(image.sha256);
  });
});

describe("bringing a database forward", () => {
  it("does no harm twice, and survives being killed in the middle", async () => {
    const folder = await mkdtemp(join(tmpdir(), "fovea-migrate-"));
    try {
      for (let round = 0; round < 6; round++) {
        const child = execFile(process.execPath, [fovea, "migrate"], { env: { ...process.env, DATA_DIR: folder } });
        const ended = new Promise((resolve) => child.once("exit", resolve));
        const timer = setTimeout(() => child.kill("SIGKILL"), 400 + 400 * round);
        await ended;
        clearTimeout(timer);
      }
      for (let i = 0; i < 2; i++) expect(await run(folder, "migrate")).toMatchObject({ code: 0 });
      expect((await run(folder, "audit", "verify")).stdout).toContain("intact: 0 entries");
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
