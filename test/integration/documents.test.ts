import { execFile, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { drawEye } from "../support/eye.ts";
import { startServer, type TestServer, until } from "../support/server.ts";
import { shared } from "../support/shared.ts";

const root = resolve(import.meta.dirname, "../..");
const run = promisify(execFile);

/** Every shell command that a document shows, by document. */
async function commandsOf(file: string): Promise<string[]> {
  const text = await readFile(join(root, file), "utf8");
  return [...text.matchAll(/^```sh\n([\s\S]*?)```/gm)].flatMap(([, block]) =>
    (block as string).split("\n").filter((line) => line !== "" && !line.startsWith("#")),
  );
}

const documents = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard", "*.md"], {
  cwd: root,
  encoding: "utf8",
})
  .trim()
  .split("\n")
  // What these two show is run, with its output, by examples.test.ts.
  .filter((file) => file !== "docs/source-systems.md" && file !== "docs/client.md");

/** The load tests of one document run one after the other. */
const documentMsMax = 600_000;

/** Commands that the CI run itself executes on its way here; .ci/run must name them. */
const coveredByCi: Readonly<Record<string, RegExp>> = {
  "npm ci && npm test": /npm ci[\s\S]*run-tests\.mjs/,
  "npm ci": /npm ci/,
  "npm run check": /lint[\s\S]*types[\s\S]*dag[\s\S]*dead[\s\S]*run-tests/,
  "bash models/recipes/make-cataract.sh ../shared/datasets/cataract_eye": /models\/recipes\/check\.sh/,
};

/** Commands that need a network or a large file; the test named here does the same with a server of its own. */
const coveredByTest: Readonly<Record<string, readonly [file: string, does: RegExp]>> = {
  "npm run --silent fovea -- models pull clip-vit-base-patch32-int8": [
    "test/integration/clip.test.ts",
    /installModel[\s\S]*train/,
  ],
  "npm run --silent fovea -- train cataract --data DIR --model fast --encoder clip-vit-base-patch32-int8": [
    "test/integration/clip.test.ts",
    /installModel[\s\S]*train/,
  ],
  "curl -X POST http://127.0.0.1:8000/train_lgbm": ["test/integration/train-endpoints.test.ts", /train_lgbm/],
  "curl -X POST http://127.0.0.1:8000/p/cataract/train_cancel": [
    "test/integration/train-endpoints.test.ts",
    /train_cancel/,
  ],
};

/** A data set small enough for a test: every sixth image of a real one, by its own manifest. */
async function smallSet(from: string, to: string): Promise<void> {
  const [head = "", ...rows] = (await readFile(join(from, "manifest.csv"), "utf8")).trim().split("\n");
  const kept = rows.filter((_, i) => i % 6 === 0);
  for (const row of kept) {
    const [file = ""] = row.split(",");
    await mkdir(join(to, dirname(file)), { recursive: true });
    await copyFile(join(from, file), join(to, file));
  }
  await writeFile(join(to, "manifest.csv"), [head, ...kept, ""].join("\n"));
}

describe("the commands in the documents", () => {
  let server: TestServer;
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "fovea-docs-"));
    const eye = await drawEye(4);
    await writeFile(join(folder, "eye.jpg"), eye);
    await writeFile(
      join(folder, "night.ndjson"),
      `${JSON.stringify({ custom_id: "a", image: eye.toString("base64") })}\n`,
    );
    server = await startServer();
    await server.ready();
  });
  afterAll(async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });

  const here = (command: string): string => command.replaceAll("127.0.0.1:8000", `127.0.0.1:${server.port}`);
  const newestBatch = async (): Promise<string> => {
    const { batches } = (await (await fetch(`${server.url}/v1/batches`)).json()) as { batches: { id: string }[] };
    return batches[0]?.id ?? "";
  };
  const runners: readonly { readonly matches: RegExp; readonly run: (command: string) => Promise<void> }[] = [
    {
      matches: /^npm ci && npm start$/,
      run: async () => {
        const child = spawn("npm", ["start"], {
          cwd: root,
          env: { ...process.env, PORT: "8731", DATA_DIR: join(folder, "data") },
          stdio: "ignore",
          detached: true,
        });
        const ended = once(child, "exit");
        try {
          await until(
            async () => (await fetch("http://127.0.0.1:8731/readyz")).status === 200,
            60_000,
            "npm start to be ready",
          );
        } finally {
          process.kill(-(child.pid as number), "SIGTERM");
          await ended;
        }
      },
    },
    {
      matches: /^curl .*--output answer\.bin /,
      run: async (command) => {
        await run("bash", ["-c", here(command)], { cwd: folder });
        expect((await readFile(join(folder, "answer.bin"))).toString("latin1")).toContain("cataract");
      },
    },
    {
      matches: /^npm run --silent fovea -- batch DIR /,
      run: async (command) => {
        await mkdir(join(folder, "images"), { recursive: true });
        await writeFile(join(folder, "images/one.jpg"), await drawEye(5));
        const results = join(folder, "results.ndjson");
        const filled = here(command)
          .replace(" DIR", ` "${join(folder, "images")}"`)
          .replace("results.ndjson", results);
        await run("bash", ["-c", filled], { cwd: root });
        expect(await readFile(results, "utf8")).toContain("one.jpg");
      },
    },
    {
      matches: /^npm run --silent fovea -- labels (import|export) /,
      run: async (command) => {
        const form = new FormData();
        form.set("image", new Blob([new Uint8Array(await drawEye(6))]));
        const posted = await fetch(`${server.url}/v1/programmes/cataract/cases`, { method: "POST", body: form });
        const { id } = (await posted.json()) as { id: string };
        const [given, made] = [join(folder, "labels.csv"), join(folder, "labelled.csv")];
        await writeFile(given, `case_id,label,role,by\n${id},normal,reader,anna\n`);
        const filled = here(command).replace(" labels.csv", ` "${given}"`).replace(" labelled.csv", ` "${made}"`);
        const { stdout } = await run("bash", ["-c", filled], { cwd: root });
        expect(stdout).toMatch(/^1 labels added|Research use only/m);
        if (command.includes(" export ")) expect(await readFile(made, "utf8")).toContain(",normal,false,1,");
      },
    },
    {
      matches: /^curl /,
      run: async (command) => {
        const { stdout } = await run("bash", ["-c", here(command)], {
          cwd: folder,
          env: { ...process.env, ID: await newestBatch() },
        });
        expect(JSON.parse(stdout)).not.toHaveProperty("code");
      },
    },
    {
      matches: /^npm run --silent fovea -- (predict --programme cataract eye\.jpg|doctor|migrate|audit verify)$/,
      run: async (command) => {
        const { stdout } = await run("bash", ["-c", command.replace("eye.jpg", join(folder, "eye.jpg"))], {
          cwd: root,
          env: { ...process.env, DATA_DIR: join(folder, "commands"), PORT: "0" },
        });
        expect(stdout).toMatch(/Research use only|Fovea can run here|is at this version|log is intact/);
      },
    },
    {
      matches: /^npm run --silent fovea -- (train|evaluate|models) [^|]*$/,
      run: async (command) => {
        const eyes = shared("datasets/cataract_eye");
        const others = shared("datasets/ood");
        if (eyes === undefined || others === undefined) return;
        const data = join(folder, "eyes");
        if (!existsSync(data)) await smallSet(eyes, data);
        const filled = command
          .replace(" OTHER_DIR", ` "${others}"`)
          .replace(" DIR", ` "${data}"`)
          .replace(" figures", ` "${join(folder, "figures")}"`)
          .replace(/ train (.*)$/, " train $1 --views 2 --folds 2");
        const { stdout } = await run("bash", ["-c", filled], {
          cwd: root,
          env: { ...process.env, DATA_DIR: join(folder, "trained"), LOG_LEVEL: "silent" },
          maxBuffer: 2 ** 26,
        });
        expect(stdout).toMatch(/cataract|auc|registry: \d+ events|shadow -> active|is active again|is retired/);
      },
    },
    {
      matches: /^npm run --silent fovea -- simulate( |$)/,
      run: async (command) => {
        const small = command
          .replace("--seeds 10000", "--seeds 50")
          .replace("--nodes 1000 --rate 100000", "--nodes 50 --rate 2000 --seconds 1");
        const { stdout } = await run("bash", ["-c", small], { cwd: root, maxBuffer: 2 ** 26 });
        expect(stdout).toMatch(/every rule held|deciding costs|p99 with the slow node/);
      },
    },
    {
      matches: /^npm run --silent fovea -- loadtest /,
      run: async (command) => {
        const filled = here(command).replace(/\b(eye\.jpg|run\.json|run\.html|users\.json)/g, `${folder}/$1`);
        const { stdout } = await run("bash", ["-c", filled], { cwd: root, maxBuffer: 2 ** 26 });
        expect(stdout).toMatch(/(open|closed) +(poisson 5\/s|2 clients, 100 ms pause|throughput)/);
      },
    },
    {
      matches: /^node loadtests\/scenario\.mjs /,
      run: async (command) => {
        const images = shared("datasets/cataract_eye/images");
        if (images === undefined) return;
        const small = `${command.replace("/tmp/fovea-load", join(folder, "load"))} --images "${images}" --seconds 1 --rounds 1`;
        const { stdout } = await run("bash", ["-c", small], { cwd: root, maxBuffer: 2 ** 26 });
        expect(stdout).toMatch(/429 and 503 without Retry-After +0 +0 /);
        expect(existsSync(join(folder, "load/overload.html"))).toBe(true);
      },
    },
    {
      matches: /^node loadtests\/alerts\.mjs$/,
      run: async (command) => {
        const { stdout } = await run("bash", ["-c", `${command} --clients 20 --alerts 20`], { cwd: root });
        expect(stdout).toContain('"clientsThatMissedOrRepeated":0');
      },
    },
    {
      matches: /^node loadtests\/watch-folder\.mjs$/,
      run: async (command) => {
        const { stdout } = await run("bash", ["-c", `${command} --files 20 --broken 4`], { cwd: root });
        expect(stdout).toContain('"cases":16,"different":16,"processed":16,"failed":4,"reasons":4');
      },
    },
    {
      matches: /^node loadtests\/switch\.mjs$/,
      run: async (command) => {
        const { stdout } = await run("bash", ["-c", `${command} --switches 3`], { cwd: root });
        expect(stdout).toMatch(/"failed":0,"mixed":0/);
      },
    },
    {
      matches: /^node loadtests\/large-batch\.mjs$/,
      run: async (command) => {
        const images = shared("datasets/cataract_eye/images");
        if (images === undefined) return;
        const small = `${command} --items 3000 --seconds 1 --images "${images}"`;
        const { stdout } = await run("bash", ["-c", small], { cwd: root });
        expect(stdout).toMatch(/"lines":3000.*\n3000 items: in within/);
      },
    },
    {
      matches: /^node loadtests\/nodes\.mjs$/,
      run: async (command) => {
        const { stdout } = await run("bash", ["-c", `${command} --smoke`], { cwd: root });
        expect(stdout).toContain('"smoke":true');
      },
    },
    {
      matches: /^node bench\/decision\/band-guarantee\.mjs$/,
      run: async (command) => {
        const { stdout } = await run("bash", ["-c", `${command} --resamplings 60`], { cwd: root });
        expect(stdout).toContain("fixed sequence");
      },
    },
    {
      matches: /^node loadtests\/records\.mjs$/,
      run: async (command) => {
        const images = shared("datasets/cataract_eye/images");
        if (images === undefined) return;
        const { stdout } = await run("bash", ["-c", `${command} --images "${images}" --seconds 1 --rounds 1`], {
          cwd: root,
        });
        expect(stdout).toMatch(/records in PGlite: \d+ % of images only/);
      },
    },
    {
      matches: /^node loadtests\/kill\.mjs$/,
      run: async (command) => {
        const { stdout } = await run("bash", ["-c", `${command} --kills 4 --posts 160`], { cwd: root });
        expect(stdout).toContain(
          "160 acknowledged, 0 missing, 0 doubled, 0 altered, 160 objects whole, 0 recorded without an answer",
        );
        expect(stdout).toContain("audit intact");
      },
    },
    {
      matches: /^node loadtests\/throughput\.mjs$/,
      run: async (command) => {
        const images = shared("datasets/cataract_eye/images");
        if (images === undefined) return;
        const { stdout } = await run("bash", ["-c", `${command} --images "${images}" --seconds 1 --rounds 1`], {
          cwd: root,
        });
        expect(stdout).toMatch(/median of 1: \d+ % of raw/);
      },
    },
  ];

  it.each(documents)(
    "%s",
    async (file) => {
      for (const whole of await commandsOf(file)) {
        // The build that these tests run on has just been made by the very command.
        const command = whole.replace(/^npm run --silent build && /, "");
        const covered = coveredByCi[command];
        if (covered !== undefined) {
          expect(await readFile(join(root, ".ci/run"), "utf8"), command).toMatch(covered);
          continue;
        }
        const test = coveredByTest[command];
        if (test !== undefined) {
          expect(await readFile(join(root, test[0]), "utf8"), command).toMatch(test[1]);
          continue;
        }
        const runner = runners.find((each) => each.matches.test(command));
        expect(runner, `no test runs \`${command}\``).toBeDefined();
        await runner?.run(command);
      }
    },
    documentMsMax,
  );
});
