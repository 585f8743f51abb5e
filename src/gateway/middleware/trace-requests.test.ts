import { beforeAll, describe, expect, it } from "vitest";
import { drawEye } from "../../../test/support/eye.ts";
import { testDeps } from "../../../test/support/gateway.ts";
import { parentOf, recordingTracer } from "../../../test/support/recording-tracer.ts";
import { Problem } from "../../contracts/index.ts";
import { createApp } from "../app.ts";

const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
const spanId = "00f067aa0ba902b7";
const traceparent = `00-${traceId}-${spanId}-01`;
const path = "/v1/programmes/cataract/cases";

let eye: Uint8Array<ArrayBuffer>;
beforeAll(async () => {
  eye = new Uint8Array(await drawEye(1));
});

const caseOf = (headers: Record<string, string> = {}) => {
  const body = new FormData();
  body.append("image", new Blob([eye], { type: "image/jpeg" }), "jane-doe.jpg");
  body.append("patient_id", "jane-doe");
  return { method: "POST", body, headers: { "x-request-id": "r-1", "user-agent": "jane-doe", ...headers } };
};

describe("the trace of a request", () => {
  it("goes with its tasks and its log lines, also where nobody collects spans", async () => {
    const deps = testDeps();
    const response = await createApp(deps).request(path, caseOf({ traceparent, tracestate: "rojo=1" }));
    expect(response.status).toBe(201);
    expect(deps.predictor.tasks.map(({ trace }) => trace)).toEqual([
      { traceId, spanId, sampled: true, state: "rojo=1" },
    ]);
    expect(deps.logged()).toEqual([expect.objectContaining({ requestId: "r-1", trace_id: traceId })]);
  });

  it.each([undefined, "", "00-abc", `00-${"0".repeat(32)}-${spanId}-01`, `${traceparent}, ${traceparent}`])(
    "begins here where %j came with it",
    async (given) => {
      const deps = testDeps();
      const headers = given === undefined ? {} : { traceparent: given };
      await createApp(deps).request(path, caseOf({ ...headers, tracestate: "rojo=1" }));
      await createApp(deps).request("/livez", { headers });
      const [posted, probed] = deps.logged().map(({ trace_id }) => trace_id);
      expect(posted).toMatch(/^[0-9a-f]{32}$/);
      expect([posted, traceId]).not.toContain(probed);
      expect(deps.predictor.tasks[0]?.trace).toMatchObject({ traceId: posted, sampled: false });
      expect(deps.predictor.tasks[0]?.trace?.state).toBeUndefined();
    },
  );

  it("is in the log line of what failed", async () => {
    const deps = testDeps();
    deps.predictor.answer = () => Promise.reject(new Error("a defect"));
    await createApp(deps).request(path, caseOf({ traceparent }));
    expect(deps.logged()).toContainEqual(expect.objectContaining({ msg: "unexpected error", trace_id: traceId }));
  });
});

describe("the spans of a request", () => {
  it("are those of its stages, each a part of what asked for it", async () => {
    const tracer = recordingTracer();
    const response = await createApp(testDeps({}, { tracer })).request(path, caseOf({ traceparent }));
    expect(response.status).toBe(201);
    const route = "POST /v1/programmes/:programme/cases";
    expect(tracer.spans.map(({ name }) => name)).toEqual([
      route,
      "receive",
      "screen",
      "store image",
      "dispatch",
      "record",
    ]);
    expect(tracer.spans.map(({ name }) => parentOf(tracer, name))).toEqual([
      spanId,
      route,
      route,
      "screen",
      "screen",
      "screen",
    ]);
    expect(new Set(tracer.spans.map(({ context }) => context.traceId))).toEqual(new Set([traceId]));
    for (const { name, ended, failed } of tracer.spans) expect([name, ended, failed]).toEqual([name, true, undefined]);
    expect(tracer.spans[0]).toMatchObject({
      kind: "server",
      attributes: {
        "http.request.method": "POST",
        "http.route": "/v1/programmes/:programme/cases",
        "http.response.status_code": 201,
      },
    });
  });

  it("say nothing that a caller wrote", async () => {
    const tracer = recordingTracer();
    const app = createApp(testDeps({}, { tracer }));
    await app.request(`${path}?note=jane-doe`, caseOf());
    await app.request("/v1/cases/jane-doe?patient=jane-doe", { headers: { referer: "http://jane-doe/" } });
    await app.request("/jane-doe", { method: "JANE-DOE" });
    expect(tracer.spans.length).toBeGreaterThan(6);
    expect(JSON.stringify(tracer.spans).toLowerCase()).not.toContain("jane");
  });

  it("have a code where it failed, and none where it was refused", async () => {
    const tracer = recordingTracer();
    const deps = testDeps({ SECOND_LOOKS: "off" }, { tracer });
    deps.predictor.answer = () => Promise.reject(new Problem("engine-lost", { detail: "jane-doe", retryAfterS: 1 }));
    const app = createApp(deps);
    await app.request(path, caseOf());
    const failed = tracer.spans.filter((span) => span.failed !== undefined);
    expect(failed.map((span) => [span.name, span.failed])).toEqual([
      ["POST /v1/programmes/:programme/cases", "engine-lost"],
      ["screen", "engine-lost"],
      ["dispatch", "engine-lost"],
    ]);
    expect(JSON.stringify(tracer.spans)).not.toContain("jane");
    await app.request("/v1/programmes/nothing/cases", caseOf());
    expect(tracer.spans.at(-1)).toMatchObject({ attributes: { "error.type": "programme-unknown" }, ended: true });
    expect(tracer.spans.at(-1)?.failed).toBeUndefined();
  });

  it("are none of probes and scrapes", async () => {
    const tracer = recordingTracer();
    const app = createApp(testDeps({}, { tracer }));
    for (const probe of ["/livez", "/readyz", "/metrics", "/v2/health/live"]) await app.request(probe);
    expect(tracer.spans).toEqual([]);
  });
});
