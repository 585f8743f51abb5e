import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { drawEye } from "../support/eye.ts";
import { readHostileSet, send } from "../support/hostile.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { shared } from "../support/shared.ts";

const folder = shared("bad_inputs");
const set = folder === undefined ? undefined : readHostileSet(folder);
const routes = ["/v1/programmes/cataract/cases?strategy=mean", "/predict_ensemble"];

/** The probability of cataract, wherever an answer of either shape keeps it. */
function probabilityOf(body: string): number {
  const answer = JSON.parse(body) as {
    probabilities?: { cataract: number };
    decision?: { probabilities: { cataract: number } };
  };
  return (answer.probabilities ?? answer.decision?.probabilities)?.cataract as number;
}

// The set lies beside the project, not in it: where it is absent this file says so.
describe.skipIf(set === undefined).each(routes)("hostile uploads to %s", (route) => {
  let server: TestServer;
  let eye: Buffer;
  const probabilities = new Map<string, number>();
  beforeAll(async () => {
    [server, eye] = await Promise.all([startServer({ LOG_LEVEL: "trace" }), drawEye(1)]);
    await server.ready();
    for (let i = 0; i < 20; i++) await good();
  });
  afterAll(() => server.stop());

  const good = async () => {
    const init = { method: "POST", body: new Uint8Array(eye), headers: { "content-type": "image/jpeg" } };
    return (await fetch(server.url + route, init)).status;
  };
  const everythingKept = async () => {
    const files = await readdir(server.dataDir, { recursive: true, withFileTypes: true });
    const texts = files
      .filter((file) => file.isFile())
      .map((file) => readFile(join(file.parentPath, file.name), "latin1"));
    return `${(await Promise.all(texts)).join("\n")}\n${JSON.stringify(server.log)}`;
  };

  it.each(set?.cases ?? [])("$id: $expect", async (each) => {
    if (set === undefined) return;
    const before = await server.residentBytes();
    const started = performance.now();
    const { status, body } = await send(set, each, server.url, route);
    const seconds = (performance.now() - started) / 1000;

    expect(status, body).toBeLessThan(500);
    if (each.expect === "accept") expect([200, 201], body).toContain(status);
    if (each.expect === "reject" && !(each.close_ok === true && status === 0)) {
      expect(status, body).toBeGreaterThanOrEqual(400);
      expect(status).toBeLessThan(500);
    }
    expect(seconds).toBeLessThan(each.max_seconds);
    expect((await server.residentBytes()) - before).toBeLessThan(each.max_rss_growth_mb * 1e6);
    for (const canary of each.not_in_response ?? []) expect(body).not.toContain(canary);
    if (each.not_stored !== undefined) {
      const kept = await everythingKept();
      for (const canary of each.not_stored) expect(kept).not.toContain(canary);
    }
    if (each.canary_path !== undefined) expect(existsSync(each.canary_path)).toBe(false);
    if (status === 200 || status === 201) {
      probabilities.set(each.id, probabilityOf(body));
      const twin = each.same_as === undefined ? undefined : probabilities.get(each.same_as);
      if (twin !== undefined)
        expect(Math.abs((probabilities.get(each.id) as number) - twin)).toBeLessThanOrEqual(each.tolerance as number);
    }
    expect(await good()).toBeLessThan(300);
  });
});

it("the set of hostile uploads is at hand in CI", () => {
  expect(process.env["CI"] !== "true" || set !== undefined).toBe(true);
});
