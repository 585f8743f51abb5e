import { readFile } from "node:fs/promises";
import { hostname } from "node:os";
import { NatsBus } from "../cluster/index.ts";
import { type Config, ConfigError, type Log } from "../platform/index.ts";

/** The bus of NATS_URL, not yet started. @throws {ConfigError} when NATS_CREDS cannot be read */
export async function createBus(config: Config, url: string, role: string, log: Log): Promise<NatsBus> {
  const { NATS_USER: user, NATS_PASSWORD: password, NATS_CREDS } = config;
  const credentials = NATS_CREDS === undefined ? undefined : await readCredentials(NATS_CREDS);
  return new NatsBus({ url, user, password, credentials, name: `fovea ${role}` }, log.child({ room: "cluster" }));
}

const readCredentials = (path: string): Promise<string> =>
  readFile(path, "utf8").catch(() => {
    throw new ConfigError([{ key: "NATS_CREDS", message: "the file cannot be read" }]);
  });

export const nodeNameOf = ({ NODE_NAME }: Config): string =>
  NODE_NAME ??
  `${hostname()
    .replace(/[^A-Za-z0-9_-]/g, "-")
    .slice(0, 48)}-${process.pid}`;
