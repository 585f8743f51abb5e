import { afterEach, describe, expect, it, vi } from "vitest";
import { drawEye } from "../../test/support/eye.ts";
import { testDeps } from "../../test/support/gateway.ts";
import { systemClock } from "../platform/index.ts";
import { Admission, openCasesMax } from "./admission.ts";
import { createApp } from "./app.ts";

const problemOf = (act: () => unknown): unknown => {
  try {
    return act();
  } catch (error) {
    return error;
  }
};

describe("admission", () => {
  afterEach(() => vi.useRealTimers());

  it("holds no place for a body that is slow to come, until it is there", () => {
    vi.useFakeTimers();
    const admission = new Admission(1, systemClock);
    const slow = admission.enter();
    expect(problemOf(() => admission.enter())).toMatchObject({ code: "queue-full" });
    vi.advanceTimersByTime(3000);
    const next = admission.enter();
    slow.arrived();
    next.leave();
    expect(problemOf(() => admission.enter())).toMatchObject({ code: "queue-full" });
    slow.leave();
    slow.arrived();
    const gone = admission.enter();
    vi.advanceTimersByTime(3000);
    gone.leave();
    admission.enter();
    expect(problemOf(() => admission.enter())).toMatchObject({ code: "queue-full" });
  });

  it("refuses what is beyond its bound until somebody leaves, and one who leaves twice leaves once", () => {
    const admission = new Admission(2, systemClock);
    const { leave } = admission.enter();
    admission.enter();
    expect(problemOf(() => admission.enter())).toMatchObject({ code: "queue-full", retryAfterS: 1 });
    leave();
    leave();
    admission.enter();
    expect(problemOf(() => admission.enter())).toMatchObject({ code: "queue-full" });
  });

  it("tells those it refuses to come back when a case takes long, but never later than half a minute", () => {
    let now = 0;
    const admission = new Admission(1, { ...systemClock, now: () => now });
    const refusedAfter = (ms: number): unknown => {
      for (let i = 0; i < 100; i++) {
        const { leave } = admission.enter();
        now += ms;
        leave();
      }
      const { leave } = admission.enter();
      const refused = problemOf(() => admission.enter());
      leave();
      return refused;
    };
    expect(refusedAfter(4500)).toMatchObject({ retryAfterS: 5 });
    expect(refusedAfter(400_000)).toMatchObject({ retryAfterS: 30 });
  });

  it("has a bound that grows with the workers, and with the queue where nodes read as well", () => {
    const settings = { OPEN_CASES_MAX: 0, WORKERS: 1, QUEUE_ITEMS_MAX: 512, NATS_URL: undefined };
    expect(openCasesMax(settings)).toBe(64);
    expect(openCasesMax({ ...settings, WORKERS: 16 })).toBe(512);
    expect(openCasesMax({ ...settings, WORKERS: 0, NATS_URL: "nats://a:1" })).toBe(512);
    expect(openCasesMax({ ...settings, OPEN_CASES_MAX: 3 })).toBe(3);
  });
});

describe("a server that is full", () => {
  it("answers 429 with Retry-After without touching the body, takes the next case when one has ended, and leaks no place", async () => {
    const deps = testDeps();
    const app = createApp({ ...deps, config: { ...deps.config, OPEN_CASES_MAX: 1 } });
    const path = "/v1/programmes/cataract/cases";
    const eye = new Uint8Array(await drawEye(1));
    const post = (body: BodyInit) => {
      const headers = { "content-type": "image/jpeg" };
      return app.request(path, { method: "POST", body, headers, ...({ duplex: "half" } as object) });
    };
    // Its body has not come yet.
    let send = (): void => undefined;
    const slow = post(
      new ReadableStream({
        start(controller) {
          send = () => {
            controller.enqueue(eye);
            controller.close();
          };
        },
      }),
    );
    let pulled = 0;
    const unread = new ReadableStream({ pull: () => void pulled++ }, { highWaterMark: 0 });
    const refused = await post(unread);
    expect(refused.status).toBe(429);
    expect(await refused.json()).toMatchObject({ code: "queue-full", retryable: true });
    expect(refused.headers.get("retry-after")).toBe("1");
    expect(pulled).toBe(0);
    send();
    expect((await slow).status).toBe(201);
    for (const body of [eye, new TextEncoder().encode("no picture"), eye])
      expect((await post(body)).status).not.toBe(429);
  });
});
