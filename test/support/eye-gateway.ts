import { createApp } from "../../src/gateway/app.ts";
import type { GatewayDeps } from "../../src/gateway/index.ts";
import { type TestDeps, testDeps } from "./gateway.ts";
import { ophthalmologyCatalog, type Scan, scanResult } from "./ophthalmology.ts";

/** A gateway that reads eyes and keeps its pictures, in memory. */
export interface EyeGateway {
  readonly deps: TestDeps;
  /** What the next pictures turn out to be. */
  shows: Scan;
  ask(path: string, init?: RequestInit): Promise<Response>;
  send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Response>;
}

export function eyeGateway(mount = "/p/eye", overrides: Partial<GatewayDeps> = {}): EyeGateway {
  const kept = new Map<string, Uint8Array>();
  const objects: GatewayDeps["objects"] = {
    putObject: async ({ sha256, bytes }) => void kept.set(sha256, bytes),
    getObject: async (sha256) => kept.get(sha256),
  };
  const deps = testDeps({}, { programmes: ophthalmologyCatalog, objects, ...overrides });
  const app = createApp(deps);
  const ask = async (path: string, init: RequestInit = {}) => app.request(mount + path, init);
  const gateway: EyeGateway = {
    deps,
    shows: "normal",
    ask,
    send: (method, path, body, headers = {}) =>
      ask(path, {
        method,
        headers: { ...(body !== undefined && { "content-type": "application/json" }), ...headers },
        ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
      }),
  };
  deps.predictor.answer = async (task) => scanResult(task, gateway.shows);
  return gateway;
}
