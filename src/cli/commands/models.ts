import { userInfo } from "node:os";
import { join } from "node:path";
import { defineCommand } from "citty";
import {
  entryOf,
  installModel,
  listModels,
  mirrorRuns,
  promoteRelease,
  RegistryError,
  readCatalogue,
  rollbackRelease,
  showRelease,
  verifyModels,
} from "../../main/index.ts";
import type { Config } from "../../platform/index.ts";
import { configured } from "../configured.ts";
import { exitCodes } from "../exit-codes.ts";
import { Progress } from "../progress.ts";

const programme = { type: "positional", description: "Screening programme", required: true } as const;
const release = { type: "positional", description: "Digest of a release, or its beginning", required: false } as const;
const reason = {
  type: "string",
  description: "Why; kept in the registry",
  default: "asked for on the command line",
} as const;
const json = { type: "boolean", description: "JSON on stdout" } as const;

/** Runs with the configuration, and turns what the registry refuses into words and an exit code. */
async function act(run: (config: Config) => Promise<void>): Promise<void> {
  const config = configured();
  if (config === undefined) return;
  try {
    await run(config);
  } catch (error) {
    if (!(error instanceof RegistryError)) throw error;
    process.stderr.write(`fovea models: ${error.fault}: ${error.message}\n`);
    process.exitCode = exitCodes.unavailable;
  }
}

const decisionOf = (why: string) => ({ actor: userInfo().username, reason: why });
const print = (value: unknown): void => void process.stdout.write(`${JSON.stringify(value, undefined, 2)}\n`);

const list = defineCommand({
  meta: { name: "list", description: "What serves now, and every release that was registered." },
  args: { json },
  run: ({ args }) =>
    act(async (config) => {
      const lines = await listModels(config);
      if (args.json) return print(lines);
      for (const line of lines) {
        const packs =
          line.serving === undefined ? `cannot answer: ${line.missing}` : Object.values(line.serving).join("  ");
        process.stdout.write(`${line.programme.padEnd(22)} ${packs}\n`);
        for (const { digest, state, packs: own } of line.releases)
          process.stdout.write(
            `  ${digest.slice(0, 12)}  ${state.padEnd(9)}  ${own.fast.id}  ${own.fine.id}  ${own.cascade.id}\n`,
          );
      }
    }),
});

const show = defineCommand({
  meta: { name: "show", description: "One release with its lineage and everything that happened to it." },
  args: { programme, release },
  run: ({ args }) => act(async (config) => print(await showRelease(config, args.programme, args.release))),
});

const verify = defineCommand({
  meta: {
    name: "verify",
    description: "Recompute the registry's chain, and load every pack that serves and compare what it says.",
  },
  args: { json },
  run: ({ args }) =>
    act(async (config) => {
      const verdict = await verifyModels(config);
      if (args.json) print(verdict);
      else {
        process.stdout.write(`registry: ${verdict.events} events, head ${verdict.headSha256}\n`);
        for (const fault of verdict.faults) process.stdout.write(`FAULT  ${fault}\n`);
        if (verdict.faults.length === 0) process.stdout.write("every programme loads and says what it said\n");
      }
      if (verdict.faults.length > 0) process.exitCode = exitCodes.partlyFailed;
    }),
});

const promote = defineCommand({
  meta: {
    name: "promote",
    description: "Take a release one step on: candidate, shadow, active. A running server changes over by itself.",
  },
  args: {
    programme,
    release,
    to: { type: "string", description: "next or active", default: "next" },
    reason,
  },
  run: ({ args }) =>
    act(async (config) => {
      const to = args.to === "active" ? "active" : "next";
      for (const event of await promoteRelease(config, args.programme, args.release, decisionOf(args.reason), to))
        process.stdout.write(
          `${event.digest.slice(0, 12)} ${event.type === "state-changed" ? `${event.from} -> ${event.to}` : event.type}\n`,
        );
    }),
});

const rollback = defineCommand({
  meta: { name: "rollback", description: "Make the release active again that was so before the present one." },
  args: { programme, reason },
  run: ({ args }) =>
    act(async (config) => {
      const event = await rollbackRelease(config, args.programme, decisionOf(args.reason));
      const back = event.type === "state-changed" && event.to === "retired";
      const name = event.digest.slice(0, 12);
      process.stdout.write(
        back ? `${name} is retired; the packs of programme.json serve\n` : `${name} is active again\n`,
      );
    }),
});

const pull = defineCommand({
  meta: {
    name: "pull",
    description: "Fetch a model of the catalogue, check its size and SHA-256, and install it as an encoder pack.",
  },
  args: {
    model: {
      type: "positional",
      description: "Id in models/catalog.json; without it the catalogue is listed",
      required: false,
    },
    mirror: { type: "string", description: "URL in place of the catalogue's host; also FOVEA_MODELS_MIRROR" },
  },
  run: ({ args }) =>
    act(async (config) => {
      const catalogue = await readCatalogue(join(config.MODELS_DIR, "catalog.json"));
      if (args.model === undefined) {
        for (const { id, title } of catalogue.models) process.stdout.write(`${id.padEnd(36)} ${title}\n`);
        return;
      }
      const progress = new Progress();
      const stop = new AbortController();
      process.once("SIGINT", () => stop.abort());
      const mirror = args.mirror ?? config.FOVEA_MODELS_MIRROR;
      const pulled = await installModel(config, entryOf(catalogue, args.model), {
        ...(mirror !== undefined && { mirror }),
        signal: stop.signal,
        onProgress: ({ bytes, bytesTotal }) => progress.update("pull", bytes / 1e6, bytesTotal / 1e6),
      });
      process.stdout.write(`${pulled.pack}  ${pulled.bytes} bytes  sha256 ${pulled.sha256}\n`);
    }),
});

const mirror = defineCommand({
  meta: { name: "mirror", description: "Show every kept training run in the MLflow of MLFLOW_TRACKING_URI." },
  run: () =>
    act(async (config) => {
      if (config.MLFLOW_TRACKING_URI === undefined) {
        process.stderr.write("fovea models mirror: set MLFLOW_TRACKING_URI\n");
        process.exitCode = exitCodes.config;
        return;
      }
      for await (const { run, result } of mirrorRuns(config)) {
        process.stdout.write(
          `${run}  ${result.ok ? (result.created ? "shown" : "was there") : `${result.code}: ${result.detail}`}\n`,
        );
        if (!result.ok) process.exitCode = exitCodes.partlyFailed;
      }
    }),
});

export const models = defineCommand({
  meta: { name: "models", description: "Which models serve, where they come from, and how they change." },
  subCommands: { list, show, pull, verify, promote, rollback, mirror },
});
