import { expect, it } from "vitest";
import { testDeps } from "../../../test/support/gateway.ts";
import { problems } from "../../contracts/index.ts";
import { createApp } from "../app.ts";

/** Most series of one process: docs/metrics.md names it. */
const seriesMax = 2000;

it(`every route, asked oddly by many, makes no more than ${seriesMax} series`, async () => {
  const deps = testDeps();
  const app = createApp(deps);
  const routes = [...new Set(app.routes.filter(({ method }) => method !== "ALL").map(({ path }) => path))];
  expect(routes.length).toBeGreaterThan(100);
  const ask = async (path: string, method: string, i: number) => {
    // A stream would stay open: nobody reads it here.
    const answer = await app.request(path, { method, headers: { "x-deadline-ms": String(i) } });
    await answer.body?.cancel();
  };
  for (const route of routes.filter((each) => !/stream|events$|\/ws/.test(each)))
    for (const [i, name] of ["1", "%F0%9F%91%81", "../../etc/passwd", crypto.randomUUID()].entries()) {
      const path = route.replaceAll(/:\w+(\{.*?\})?/g, encodeURIComponent(name));
      await ask(path, "GET", i);
      await ask(`${path}/nowhere-${i}`, "GET", i);
      await ask(path, ["PROPFIND", "HEAD", "DELETE", "OPTIONS"][i] as string, i);
    }
  // Whatever can be refused was refused somewhere.
  for (const code of Object.keys(problems)) deps.metrics.rejected.inc({ code });
  const text = await deps.metrics.registry.metrics();
  const series = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  expect(text).not.toMatch(/passwd|nowhere|%F0/);
  expect(series.length).toBeGreaterThan(300);
  expect(series.length).toBeLessThanOrEqual(seriesMax);
}, 60_000);
