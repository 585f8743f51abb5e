import { mkdtemp, open, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { drawEye } from "../support/eye.ts";
import { startServer, type TestServer, until } from "../support/server.ts";

const files = 40;
const broken = 4;
let root: string;
let folder: string;
let server: TestServer;

const start = () =>
  startServer(
    {
      WATCH_FOLDER_ENABLED: "on",
      WATCH_FOLDER_PATH: folder,
      WATCH_FOLDER_POLL_SECONDS: "0.2",
      WATCH_FOLDER_PROGRAMME: "cataract",
    },
    join(root, "data"),
  );
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "fovea-watch-"));
  folder = join(root, "incoming");
  server = await start();
  await server.ready();
}, 90_000);
afterAll(async () => {
  await server.stop();
  await rm(root, { recursive: true, force: true });
});

/** As a scanner over a slow line: a piece, a while, the rest. */
async function drop(name: string, bytes: Buffer): Promise<void> {
  const handle = await open(join(folder, name), "wx");
  const half = Math.floor(bytes.length / 2);
  await handle.write(bytes.subarray(0, half));
  await new Promise((resume) => setTimeout(resume, 600));
  await handle.write(bytes.subarray(half));
  await handle.close();
}

const shelved = async (shelf: string) =>
  (await readdir(join(folder, shelf)).catch(() => [])).filter((name) => !name.endsWith(".json")).sort();
const waiting = async () => (await readdir(folder)).filter((name) => /\.(jpg|json)$/.test(name));

describe("a watched folder", () => {
  let person: string;

  it("reads every file once, whole or broken, also when the server is killed in the middle", async () => {
    const created = await fetch(`${server.url}/patients/`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ name: "Ada" }),
    });
    person = ((await created.json()) as { id: string }).id;
    const names: string[] = [];
    const drops: Promise<void>[] = [];
    for (let i = 0; i < files; i++) {
      const eye = await drawEye(i + 1, 320, 240);
      const name = i === 0 ? `${person}_left.jpg` : `scan-${String(i).padStart(2, "0")}.jpg`;
      names.push(name);
      if (i === 1) await writeFile(join(folder, `${name}.json`), JSON.stringify({ patient_id: person }));
      drops.push(drop(name, i >= files - broken ? eye.subarray(0, eye.length - 400) : eye));
    }
    await writeFile(join(folder, "half.jpg.part"), "x");
    await writeFile(join(folder, ".hidden.jpg"), "x");
    await until(async () => (await shelved("processed")).length >= 5, 60_000, "the first files");
    await server.kill();
    await Promise.all(drops);
    server = await start();
    await server.ready();
    await until(async () => (await waiting()).length === 1, 120_000, "the folder to be empty but for the hidden file");
    expect(await shelved("processed")).toEqual(names.slice(0, files - broken).sort());
    expect(await shelved("failed")).toEqual(names.slice(files - broken).sort());
    const records = await server.records();
    expect(records).toHaveLength(files - broken);
    expect(new Set(records.map(({ image }) => image.sha256)).size).toBe(files - broken);
    expect((await readdir(folder)).includes("half.jpg.part")).toBe(true);
  }, 240_000);

  it("matches a file with a person who is named, and invents nobody for the others", async () => {
    const records = await server.records();
    expect(records.filter(({ patientId }) => patientId === person)).toHaveLength(2);
    expect(records.filter(({ patientId }) => patientId === undefined)).toHaveLength(files - broken - 2);
    expect(await (await fetch(`${server.url}/patients/`)).json()).toHaveLength(1);
  });

  it("tells of each file once", async () => {
    const notes = (await (await fetch(`${server.url}/api/notifications?limit=200`)).json()) as { message: string }[];
    const unmatched = notes.filter(({ message }) => message.includes("waits to be matched"));
    expect(unmatched).toHaveLength(files - broken - 2);
    expect(new Set(unmatched.map(({ message }) => message)).size).toBe(files - broken - 2);
    expect(notes.filter(({ message }) => message.includes("analysis completed"))).toHaveLength(2);
  });

  it("says beside a broken file what is wrong with it", async () => {
    const [name] = await shelved("failed");
    const reason = JSON.parse(await readFile(join(folder, "failed", `${name}.reason.json`), "utf8"));
    expect(reason).toMatchObject({ code: "image-malformed", detail: expect.any(String), at: expect.any(String) });
  });

  it("never overwrites a file of the same name", async () => {
    const other = await drawEye(99, 320, 240);
    await drop("scan-02.jpg", other);
    await until(async () => (await shelved("processed")).includes("scan-02-1.jpg"), 30_000, "the second of one name");
    expect(await readFile(join(folder, "processed", "scan-02-1.jpg"))).toEqual(other);
  }, 60_000);
});
