import { type ChildProcess, execFile, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { copyFile, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { promisify } from "node:util";
import { connect, type NatsConnection } from "nats";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse, parseAllDocuments } from "yaml";
import { subjects } from "../src/cluster/index.ts";
import { readConfig, settings } from "../src/platform/index.ts";
import { shared } from "./support/shared.ts";

// What is deployed is held against the program that it deploys. No container is started here.
const root = resolve(import.meta.dirname, "..");
const read = (path: string): string => readFileSync(join(root, path), "utf8");
const run = promisify(execFile);

/** Path of a checker of the shared set, where it is installed. */
function checker(name: string): string | undefined {
  const install = shared("services", "install.sh");
  if (install === undefined) return undefined;
  const path = execFileSync("bash", [install, "--where", name], { encoding: "utf8" }).trim();
  return existsSync(path) ? path : undefined;
}

interface Service {
  readonly image?: string;
  readonly build?: unknown;
  readonly command?: string | string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly healthcheck?: unknown;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly stop_grace_period?: string;
  readonly secrets?: readonly string[];
  readonly networks?: readonly string[];
  readonly profiles?: readonly string[];
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
  readonly networks: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
}

const composeText = read("docker-compose.yml");
const compose = parse(composeText, { merge: true }) as Compose;
const services = Object.entries(compose.services);
const ours = services.filter(([, { build }]) => build !== undefined);
const gateways = ours.filter(([, { command }]) => String(command) === "serve").map(([name]) => name);
const dockerfile = read("Dockerfile");

/** What an image may be told that is no setting of ours. */
const isForeign = (name: string): boolean => name.startsWith("AWS_");

describe("the schemas of others", () => {
  const composeCheck = checker("compose_check");
  it.skipIf(composeCheck === undefined)("find nothing wrong with the Compose file (compose_check)", async () => {
    await run(composeCheck ?? "", ["--builtin-schema", "vendor.compose-spec", join(root, "docker-compose.yml")]);
  });

  const k8sCheck = checker("k8s_check");
  it.skipIf(k8sCheck === undefined)("find nothing wrong with the Kubernetes objects (k8s_check)", async () => {
    const folder = join(root, "deploy/kubernetes");
    const files = (await readdir(folder)).map((file) => join(folder, file));
    expect(files.length).toBeGreaterThan(0);
    await run(k8sCheck ?? "", ["--strict", ...files]);
  });

  const promtool = checker("promtool");
  it.skipIf(promtool === undefined)("find nothing wrong with the scrape configuration (promtool)", async () => {
    await run(promtool ?? "", ["check", "config", "--syntax-only", join(root, "deploy/prometheus/prometheus.yml")]);
  });

  const nats = checker("nats");
  it.skipIf(nats === undefined)("find nothing wrong with the NATS configuration (nats-server)", async () => {
    const env = { ...process.env, NATS_USER: "fovea", NATS_PASSWORD: "s3cret" };
    await run(nats ?? "", ["-t", "-c", join(root, "deploy/nats.conf")], { env });
  });
});

describe("the Compose file", () => {
  it("runs two gateways and two nodes without any profile", () => {
    const always = ours.filter(([, { profiles }]) => profiles === undefined).map(([, { command }]) => String(command));
    expect(always.sort()).toEqual(["node", "node", "serve", "serve"]);
  });

  it.each(services)("pins the image of %s by a tag that does not move", (_name, { image }) => {
    expect(image).toMatch(/^[a-z0-9./-]+:v?\d+\.\d+(\.\d+)?(-[a-z0-9.]+)?(@sha256:[0-9a-f]{64})?$/);
  });

  it.each(ours)("tells %s nothing that is no setting", (_name, { environment = {} }) => {
    const unknown = Object.keys(environment).filter((name) => !isForeign(name) && !Object.hasOwn(settings, name));
    expect(unknown).toEqual([]);
  });

  it.each(services)("holds no secret of %s", (_name, { environment = {} }) => {
    for (const [name, value] of Object.entries(environment))
      if (/SECRET|PASSWORD|API_KEY/.test(name))
        expect(value, name).toMatch(/^(\$\{[A-Z0-9_]+:\?[^}]+\}|\/run\/secrets\/\w+)$/);
    expect(Object.values(environment).join(" ")).not.toMatch(/:\/\/[^:/\s]+:(?!\$\{)[^@\s]+@/);
  });

  it.each(ours)(
    "gives %s no right that it does not use, and nothing to write to but /tmp and its data",
    (_name, service) => {
      expect(service).toMatchObject({ read_only: true, cap_drop: ["ALL"], security_opt: ["no-new-privileges:true"] });
      expect(service.volumes?.map((volume) => volume.split(":")[1])).toEqual(["/data"]);
    },
  );

  it.each(services)("opens no port of %s to others but through TLS", (name, { ports = [] }) => {
    if (name !== "proxy") expect(ports.filter((port) => !port.startsWith("127.0.0.1:"))).toEqual([]);
  });

  it.each(services)("starts %s when what it needs is there, and can tell whether it is", (_name, service) => {
    for (const [needed, { condition }] of Object.entries(service.depends_on ?? {})) {
      expect(compose.services).toHaveProperty(needed);
      if (condition === "service_healthy" && !gateways.includes(needed))
        expect(compose.services[needed]?.healthcheck, needed).toBeDefined();
    }
    if (service.build === undefined) expect(service.healthcheck).toBeDefined();
    else expect(dockerfile).toContain('"/app/deploy/health.mjs", "gateway"]');
  });

  it.each(services)("names for %s only volumes, networks and secrets that it has", (_name, service) => {
    for (const volume of service.volumes ?? []) {
      const source = volume.split(":")[0] ?? "";
      if (source.startsWith(".")) expect(existsSync(join(root, source)), source).toBe(true);
      else expect(compose.volumes).toHaveProperty(source);
    }
    for (const network of service.networks ?? []) expect(compose.networks).toHaveProperty(network);
    for (const secret of service.secrets ?? []) expect(compose.secrets).toHaveProperty(secret);
    // Only a file can be mounted where the root is read-only.
    expect(Object.values(compose.secrets).every(({ file }) => file.startsWith("deploy/secrets/"))).toBe(true);
  });

  it.each(ours)("waits for %s to finish what it accepted", (_name, { environment = {}, stop_grace_period = "" }) => {
    const { DRAIN_DELAY_MS, DRAIN_MS } = readConfig({
      DRAIN_DELAY_MS: environment["DRAIN_DELAY_MS"],
      DRAIN_MS: environment["DRAIN_MS"],
    });
    expect(1000 * Number.parseInt(stop_grace_period, 10)).toBeGreaterThan(DRAIN_DELAY_MS + DRAIN_MS);
  });

  it("sends clients and scrapes to its gateways, all of them", () => {
    const addresses = gateways.map((name) => `${name}:8000`);
    expect(read("deploy/Caddyfile")).toContain(`reverse_proxy ${addresses.join(" ")} {`);
    const scrape = parse(read("deploy/prometheus/prometheus.yml")) as {
      scrape_configs: { job_name: string; static_configs: { targets: string[] }[] }[];
    };
    const fovea = scrape.scrape_configs.find(({ job_name }) => job_name === "fovea");
    expect(fovea?.static_configs.flatMap(({ targets }) => targets)).toEqual(addresses);
  });
});

describe("the image", () => {
  it("is made without install scripts, runs as nobody special, and is told no secret", () => {
    const installs = dockerfile.split("\n").filter((line) => /npm (ci|install)/.test(line));
    expect(installs.length).toBeGreaterThan(0);
    for (const line of installs) expect(line).toMatch(/npm ci --ignore-scripts/);
    const last = dockerfile.slice(dockerfile.lastIndexOf("\nFROM"));
    expect(last).toMatch(/^USER node$/m);
    expect(last.indexOf("USER node")).toBeGreaterThan(last.lastIndexOf("RUN "));
    expect(dockerfile).not.toMatch(/^(ARG|ENV).*(KEY|SECRET|PASSWORD|TOKEN)/m);
    expect([...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, image]) => image)).toEqual(
      Array(3).fill(`node:\${NODE_VERSION}-bookworm-slim`),
    );
  });

  it("copies only what the list of its context lets through", () => {
    const allowed = read(".dockerignore")
      .split("\n")
      .filter((line) => line.startsWith("!"))
      .map((line) => line.slice(1));
    const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+)$/gm)].flatMap(([, paths = ""]) =>
      paths.split(" ").slice(0, -1),
    );
    expect(copied.length).toBeGreaterThan(0);
    for (const path of copied) {
      expect(allowed).toContain(path);
      expect(existsSync(join(root, path)), path).toBe(true);
    }
    expect(read(".dockerignore").split("\n")).toContain("*");
  });
});

describe("the Kubernetes objects", () => {
  const objects = readdirSync(join(root, "deploy/kubernetes")).flatMap((file) =>
    parseAllDocuments(read(`deploy/kubernetes/${file}`)).map((document) => document.toJS() as Kubernetes),
  );
  interface Kubernetes {
    readonly kind: string;
    readonly data?: Readonly<Record<string, string>>;
    readonly spec?: {
      template?: { spec: { containers: { name: string; env?: { name: string; value?: string }[] }[] } };
    };
  }
  const containers = objects.flatMap(({ spec }) => spec?.template?.spec.containers ?? []);

  it("tell the program nothing that is no setting, and hold no secret", () => {
    expect(containers.map(({ name }) => name)).toEqual(["gateway", "node"]);
    const configured = objects.filter(({ kind }) => kind === "ConfigMap").flatMap(({ data = {} }) => Object.keys(data));
    const named = containers.flatMap(({ env = [] }) => env.map(({ name }) => name));
    for (const name of [...configured, ...named])
      if (!isForeign(name)) expect(Object.keys(settings), name).toContain(name);
    expect(objects.map(({ kind }) => kind)).not.toContain("Secret");
    for (const { env = [] } of containers)
      for (const { name, value } of env) if (/SECRET|PASSWORD|API_KEY/.test(name)) expect(value).toBeUndefined();
  });
});

describe("the secrets", () => {
  let folder: string;
  const make = () => run("bash", [join(folder, "make-secrets.sh")]);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "fovea-secrets-"));
    await copyFile(join(root, "deploy/make-secrets.sh"), join(folder, "make-secrets.sh"));
    await make();
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it("are all that the Compose file asks for, each another, and accepted by the program", async () => {
    const lines = (await readFile(join(folder, ".env"), "utf8")).split("\n").filter((line) => /^[A-Z]/.test(line));
    const made = new Map(lines.map((line) => line.split("=") as [string, string]));
    const needed = new Set([...composeText.matchAll(/\$\{([A-Z0-9_]+):\?/g)].map(([, name]) => name as string));
    const values = [...needed].map((name) => made.get(name) ?? "");
    expect(values.filter((value) => !/^s[0-9a-f]{64}$/.test(value))).toEqual([]);
    expect(new Set(values).size).toBe(needed.size);
    const secrets = Object.values(compose.secrets).map(({ file }) => file.split("/").at(-1) as string);
    expect((await readdir(join(folder, "secrets"))).sort()).toEqual(secrets.sort());
    expect(await readFile(join(folder, "secrets/api_key"), "utf8")).toBe(made.get("API_KEY"));
    const { API_KEY, LINK_SECRET } = Object.fromEntries(made);
    expect(readConfig({ HOST: "0.0.0.0", API_KEY, LINK_SECRET })).toMatchObject({ AUTH: "on" });
  });

  it("are never made anew over those in use", async () => {
    const before = await readFile(join(folder, ".env"), "utf8");
    await expect(make()).rejects.toMatchObject({ code: 73 });
    expect(await readFile(join(folder, ".env"), "utf8")).toBe(before);
  });

  it("are kept out of git and out of the image", () => {
    expect(read("deploy/.gitignore").split("\n")).toEqual(expect.arrayContaining([".env", "secrets/"]));
    expect(read(".dockerignore")).not.toMatch(/^!deploy$|secrets|\.env/m);
  });
});

const health = (env: Record<string, string>, ...args: string[]) =>
  run(process.execPath, [join(root, "deploy/health.mjs"), ...args], { env: { PATH: process.env["PATH"], ...env } });

describe("the health check of a container", () => {
  it.each([
    [200, true],
    [503, false],
  ])("goes by the gateway's own readiness: %i is %s", async (status, healthy) => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(String(request.url));
      response.writeHead(status).end();
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const port = String((server.address() as AddressInfo).port);
    const ended = health({ PORT: port }, "gateway").then(
      () => true,
      () => false,
    );
    expect(await ended).toBe(healthy);
    expect(asked).toEqual(["/readyz"]);
    server.close();
  });

  it.each([
    [{ PORT: "9" }, ["gateway"], /fetch failed/],
    [{}, ["node"], /NATS_URL and NODE_NAME/],
    [{ NATS_URL: "nats://127.0.0.1:9", NODE_NAME: "node-1" }, ["node"], /REFUSED/],
    [{}, [], /gateway, or/],
  ])("fails with %j %j, and says why", async (env, args, words) => {
    await expect(health(env as Record<string, string>, ...args)).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(words),
    });
  });
});

const natsServer = checker("nats");
describe.skipIf(natsServer === undefined)("the health check of a node, on a real NATS (nats-server)", () => {
  let server: ChildProcess;
  let url: string;
  let connection: NatsConnection;

  beforeAll(async () => {
    server = spawn(natsServer ?? "", ["-a", "127.0.0.1", "-p", "-1"], { stdio: ["ignore", "ignore", "pipe"] });
    const port = await new Promise<string>((found, failed) => {
      server.once("exit", (code) => failed(new Error(`nats-server ended with ${code}`)));
      createInterface({ input: server.stderr as Readable }).on("line", (line) => {
        const listening = /client connections on 127\.0\.0\.1:(\d+)/.exec(line)?.[1];
        if (listening !== undefined) found(listening);
      });
    });
    url = `nats://127.0.0.1:${port}`;
    connection = await connect({ servers: url });
  });
  afterAll(async () => {
    await connection?.close();
    server?.kill();
  });

  it.each([
    ["ready", true],
    ["starting", false],
    ["draining", false],
  ])("goes by its heartbeat: %s is %s", async (state, healthy) => {
    const beats = connection.subscribe(subjects.hello, {
      callback: () => connection.publish(subjects.heartbeat("node-1"), JSON.stringify({ state })),
    });
    await connection.flush();
    const ended = health({ NATS_URL: url, NODE_NAME: "node-1" }, "node").then(
      () => true,
      () => false,
    );
    expect(await ended).toBe(healthy);
    beats.unsubscribe();
  });

  it("is not content with another node's, or with silence", async () => {
    const beats = connection.subscribe(subjects.hello, {
      callback: () => connection.publish(subjects.heartbeat("node-2"), JSON.stringify({ state: "ready" })),
    });
    await connection.flush();
    const ended = health({ NATS_URL: url, NODE_NAME: "node-1" }, "node");
    await expect(ended).rejects.toMatchObject({ code: 1, stderr: expect.stringMatching(/TIMEOUT/) });
    beats.unsubscribe();
  });
});
