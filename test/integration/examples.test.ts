import { execFile } from "node:child_process";
import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { drawEye } from "../support/eye.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { shared } from "../support/shared.ts";
import { calls, type System } from "./source-systems/own-examples.ts";

const root = resolve(import.meta.dirname, "../..");
const run = promisify(execFile);
const bytesMax = 2 ** 26;
const disclaimer = "Research use only. Not a medical device";

/** What documents show, in their order: a program, and what it printed where that stands below it. */
interface Shown {
  readonly language: "sh" | "js";
  readonly text: string;
  readonly output: string | undefined;
}
async function shownIn(document: string): Promise<Shown[]> {
  const text = await readFile(join(root, document), "utf8");
  const blocks = [...text.matchAll(/^```(\w+)\n([\s\S]*?)```/gm)];
  return blocks.flatMap(([, language, block = ""], i) => {
    if (language !== "sh" && language !== "js") return [];
    const [, next, output] = blocks[i + 1] ?? [];
    return [{ language, text: block, output: next === "text" ? output : undefined }];
  });
}

/** A real picture of the kind, where there are some, else a drawing. */
async function picture(set: string, to: string): Promise<void> {
  const folder = shared("datasets", set);
  if (folder === undefined) return writeFile(to, await drawEye(1));
  const [head = "", first = ""] = (await readFile(join(folder, "manifest.csv"), "utf8")).split("\n");
  await copyFile(join(folder, first.split(",")[head.split(",").indexOf("file")] as string), to);
}

const start = "PROFILE=eye PROFILE_PORTS=";
let folder: string;
let server: TestServer;
let ports: ReadonlyMap<string, string>;
/** Of the documented port, the one that a free port was taken for. */
let documentedPorts: readonly (readonly [documented: string, system: string])[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "fovea-examples-"));
  await writeFile(join(folder, "eye.jpg"), await drawEye(1));
  await picture("cataract_eye", join(folder, "eye_image.jpg"));
  await picture("chest_xray", join(folder, "chest_xray.jpg"));
  await copyFile(join(folder, "chest_xray.jpg"), join(folder, "sample_xray.jpg"));
  await picture("foot_hallux_photo", join(folder, "test_image.jpg"));

  const line = (await shownIn("docs/source-systems.md")).find(({ text }) => text.startsWith(start))?.text.trim() ?? "";
  const settings = Object.fromEntries(
    [...line.matchAll(/([A-Z_]+)=(\S+)/g)].map(([, name, value]) => [name as string, value as string]),
  );
  const pairs = settings["PROFILE_PORTS"]?.split(",") ?? [];
  documentedPorts = pairs.map((pair) => pair.split("=") as [string, string]);
  server = await startServer({ ...settings, PROFILE_PORTS: pairs.map((pair) => pair.replace(/^\d+/, "0")).join() });
  await server.ready();
  const { profilePorts } = server.log.find(({ msg }) => msg === "listening") as { profilePorts: string[] };
  ports = new Map([
    ["eye", String(server.port)],
    ...profilePorts.map((pair) => pair.split("=").reverse() as [string, string]),
  ]);
});
afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

describe("the calls that the source systems' own texts show, only host and port changed", () => {
  const here = (text: string, system: System) =>
    text.replaceAll(/\blocalhost:80\d\d\b/g, `127.0.0.1:${ports.get(system)}`);

  it.each(calls.map((call) => [call.system, call.text, call] as const))("%s: %s", async (system, text, call) => {
    const wanted = `${here(text, system)}\n`;
    const [program, given] =
      call.language === "bash"
        ? (["bash", ["-c", `set -e\n${wanted}wait`]] as const)
        : ([process.execPath, ["--input-type=module", "-e", `${call.before}\n${wanted}${call.after}`]] as const);
    const { stdout } = await run(program, given, { cwd: folder, maxBuffer: bytesMax });
    call.check(stdout);
  });

  it.each([
    ["dr", "/docs"],
    ["dr", "/health"],
    ["eye", "/docs"],
    ["eye", "/redoc"],
    ["hallux", "/health"],
  ] as const)("%s: the address %s that it names", async (system, path) => {
    const response = await fetch(`http://127.0.0.1:${ports.get(system)}${path}`, { redirect: "error" });
    expect(response.status).toBe(200);
    await response.arrayBuffer();
  });
});

describe("examples", () => {
  const interpreters: Readonly<Record<string, string>> = { mjs: process.execPath, py: "python3", sh: "bash" };
  const systems = ["native", "clarity-in-care", "ophth-ai", "hallux-valgus", "chest-xray", "cataract"];
  const apiKey = "key-for-the-tests-of-the-examples";
  let keyed: TestServer;
  beforeAll(async () => {
    keyed = await startServer({ API_KEY: apiKey });
    await keyed.ready();
  });
  afterAll(async () => {
    await keyed.stop();
  });

  it("are three for each system, and all there are", async () => {
    const files = (await readdir(join(root, "examples"))).filter((file) => /\.(mjs|py|sh)$/.test(file));
    const wanted = systems.flatMap((system) => Object.keys(interpreters).map((ending) => `${system}.${ending}`));
    expect(files.sort()).toEqual([...wanted, "multipart.py"].sort());
  });

  const all = systems.flatMap((system) =>
    Object.entries(interpreters).map(([ending, interpreter]) => [`${system}.${ending}`, interpreter] as const),
  );
  it.each(all)("%s shows a result, to a server that wants a key", async (file, interpreter) => {
    const wanted = { BASE_URL: keyed.url, IMAGE: join(folder, "eye.jpg"), PYTHONDONTWRITEBYTECODE: "1" };
    const example = (API_KEY: string) =>
      run(interpreter, [join(root, "examples", file)], {
        env: { ...process.env, ...wanted, API_KEY },
        maxBuffer: bytesMax,
      });
    expect((await example(apiKey)).stdout).toContain(disclaimer);
    await expect(example("another key, long enough to be one")).rejects.toMatchObject({ code: expect.any(Number) });
  });
});

describe("the programs in the documents", () => {
  /** Figures, times and identifiers are those of one run; words are not. */
  const masked = (text: string) => text.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "ID").replace(/\d+(\.\d+)?/g, "#");
  const documented = (text: string, url: string) =>
    documentedPorts
      .reduce(
        (all, [port, system]) => all.replaceAll(`127.0.0.1:${port}`, `127.0.0.1:${ports.get(system)}`),
        text.replaceAll("http://127.0.0.1:8000", url),
      )
      .replaceAll(/\beye\.jpg\b/g, join(folder, "eye.jpg"));

  it.each(["docs/source-systems.md", "docs/client.md"])("%s", async (document) => {
    // Its own server, so that what was recorded before is what the reader has: nothing.
    const fresh = await startServer();
    await fresh.ready();
    try {
      const programs = (await shownIn(document)).filter(({ text }) => !text.startsWith(start));
      expect(programs.length).toBeGreaterThan(2);
      for (const { language, text, output } of programs) {
        const url = text.includes("Host: ") ? server.url : fresh.url;
        const program = documented(text, url);
        const options = { cwd: root, maxBuffer: bytesMax, env: { ...process.env, BASE_URL: url } };
        const { stdout } =
          language === "js"
            ? await run(process.execPath, ["--input-type=module", "-e", program], options)
            : await run("bash", ["-c", `set -e\n${program.replaceAll("curl ", "curl --fail-with-body ")}`], options);
        if (output === undefined) expect(stdout).toMatch(/^\{.*\}$/s);
        else expect(masked(stdout), text).toBe(masked(output));
      }
    } finally {
      await fresh.stop();
    }
  });
});
