import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parse, stringify } from "yaml";
import { until } from "./server.ts";
import { shared } from "./shared.ts";

const root = resolve(import.meta.dirname, "../..");

/** Path of one of Prometheus' programs, where it is installed. */
export function prometheusProgram(name: "prometheus" | "promtool"): string | undefined {
  const script = shared("services/install.sh");
  if (script === undefined) return undefined;
  try {
    const found = execFileSync("bash", [script, "--where", name], { encoding: "utf8" }).trim();
    return existsSync(found) ? found : undefined;
  } catch {
    return undefined;
  }
}

export interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  /** NaN where the expression divides nothing by nothing. */
  readonly value: number;
}

/** A real Prometheus that scrapes as the one of the deployment does, only more often. */
export interface TestPrometheus {
  readonly url: string;
  query(expr: string): Promise<Sample[]>;
  close(): Promise<void>;
}

interface ScrapeConfig {
  readonly job_name: string;
  static_configs: { targets: string[] }[];
  authorization?: unknown;
}

/** @param targets by name of the deployment's job: who is scraped in place of its containers */
export async function startPrometheus(targets: Readonly<Record<string, readonly string[]>>): Promise<TestPrometheus> {
  const folder = await mkdtemp(join(tmpdir(), "fovea-prometheus-"));
  const config = parse(await readFile(join(root, "deploy/prometheus/prometheus.yml"), "utf8")) as {
    global: Record<string, string>;
    rule_files: string[];
    scrape_configs: ScrapeConfig[];
  };
  config.global = { scrape_interval: "1s", evaluation_interval: "1s" };
  config.rule_files = [join(root, "grafana/rules/*.yml")];
  config.scrape_configs = config.scrape_configs.flatMap(({ authorization: _key, ...job }) => {
    const here = targets[job.job_name];
    return here === undefined ? [] : [{ ...job, static_configs: [{ targets: [...here] }] }];
  });
  const file = join(folder, "prometheus.yml");
  await writeFile(file, stringify(config));
  const port = await freePort();
  const address = `127.0.0.1:${port}`;
  const child = spawn(
    prometheusProgram("prometheus") as string,
    [`--config.file=${file}`, `--storage.tsdb.path=${join(folder, "data")}`, `--web.listen-address=${address}`],
    { stdio: "ignore" },
  );
  const url = `http://${address}`;
  await until(async () => (await fetch(`${url}/-/ready`)).ok, 30_000, "Prometheus");
  return {
    url,
    query: async (expr) => {
      const answer = await fetch(`${url}/api/v1/query`, { method: "POST", body: new URLSearchParams({ query: expr }) });
      const body = (await answer.json()) as {
        error?: string;
        data?: { result: { metric: Sample["metric"]; value: [number, string] }[] };
      };
      if (body.data === undefined) throw new Error(`${expr}: ${body.error}`);
      return body.data.result.map(({ metric, value }) => ({ metric, value: Number(value[1]) }));
    },
    close: async () => {
      child.kill("SIGTERM");
      if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
