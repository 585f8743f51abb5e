// Whether the process in this container does its work: exit code 0 or 1, for HEALTHCHECK and readiness probes.
//
//   node deploy/health.mjs gateway    asks its own /readyz
//   node deploy/health.mjs node       listens for its own heartbeat on NATS, as the gateways do

import { readFile } from "node:fs/promises";

const waitMs = 3000;
const [role = ""] = process.argv.slice(2);
const { PORT = "8000", NATS_URL = "", NATS_USER, NATS_PASSWORD, NATS_CREDS, NODE_NAME = "" } = process.env;

async function gatewayState() {
  const { ok, status } = await fetch(`http://127.0.0.1:${PORT}/readyz`, { signal: AbortSignal.timeout(waitMs) });
  return ok ? "ready" : `readyz answers ${status}`;
}

async function nodeState() {
  if (NATS_URL === "" || NODE_NAME === "") throw new Error("NATS_URL and NODE_NAME say which node is meant");
  const { connect, credsAuthenticator, JSONCodec } = await import("nats");
  const authenticator = NATS_CREDS && credsAuthenticator(await readFile(NATS_CREDS));
  const connection = await connect({
    servers: NATS_URL.split(",").map((each) => each.trim()),
    ...(NATS_USER && { user: NATS_USER, pass: NATS_PASSWORD }),
    ...(authenticator && { authenticator }),
    timeout: waitMs,
    reconnect: false,
    name: `health of ${NODE_NAME}`,
  });
  try {
    const beats = connection.subscribe(`fovea.v1.heartbeat.${NODE_NAME}`, { max: 1, timeout: waitMs });
    connection.publish("fovea.v1.hello");
    for await (const { data } of beats) return String(JSONCodec().decode(data).state);
    return "silent";
  } finally {
    await connection.close();
  }
}

try {
  const states = { gateway: gatewayState, node: nodeState };
  if (!Object.hasOwn(states, role)) throw new Error("health.mjs gateway, or health.mjs node");
  const state = await states[role]();
  if (state !== "ready") throw new Error(state);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
}
