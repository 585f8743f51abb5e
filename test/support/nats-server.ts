import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { until } from "./server.ts";
import { shared } from "./shared.ts";

const script = shared("services/install.sh");

/** The real server's program; undefined where it is not installed. */
export const natsProgram = ((): string | undefined => {
  if (script === undefined) return undefined;
  try {
    const found = execFileSync("bash", [script, "--where", "nats"], { encoding: "utf8" }).trim();
    return existsSync(found) ? found : undefined;
  } catch {
    return undefined;
  }
})();

/** A NATS server of a test's own, which may kill it. */
export interface TestNats {
  readonly url: string;
  /** SIGKILL. */
  kill(): Promise<void>;
  /** On the same port. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

export async function startNats(): Promise<TestNats> {
  const port = await freePort();
  const folder = await mkdtemp(join(tmpdir(), "fovea-nats-"));
  let child: ChildProcess | undefined;
  const start = async () => {
    const options = ["-a", "127.0.0.1", "-p", String(port), "-js", "-sd", folder, "--user", "us", "--pass", "word"];
    child = spawn(natsProgram as string, options, { stdio: "ignore" });
    await until(() => accepts(port), 10_000, "nats-server");
  };
  const kill = async () => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
  };
  await start();
  return {
    url: `nats://us:word@127.0.0.1:${port}`,
    kill,
    restart: start,
    close: async () => {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
