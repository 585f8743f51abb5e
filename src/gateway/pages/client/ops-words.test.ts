import { describe, expect, it } from "vitest";
import type { OpsInfo } from "./ops-info.ts";
import { durationWords, figuresOf, fullMark, shareWords, stateWords } from "./ops-words.ts";

const counted = (value: number | null, n: number) => ({ value, n });
const filled = { used: 0, limit: 512 };
const quiet: OpsInfo = {
  at: "2026-01-01T10:00:00.000Z",
  version: "0.1.0",
  seconds: 300,
  grafana: null,
  ready: { ready: true },
  engine: { state: "ready" },
  models: [],
  nodes: [],
  queues: { lanes: [], items: filled, bytes: filled, uploadBytes: filled },
  background: [],
  requests: { n: 0, failed: 0, shed: [], retryAfterP50S: counted(null, 0), cancelled: 0, codes: [] },
  cases: {
    accepted: 0,
    settled: [],
    p50S: counted(null, 0),
    p95S: counted(null, 0),
    p99S: counted(null, 0),
    stages: [],
    toPerson: counted(null, 0),
    ungradable: counted(null, 0),
    escalated: counted(null, 0),
    agreed: counted(null, 0),
    pending: 0,
  },
  backlog: { batches: 0, queued: 0, leased: 0 },
  audit: null,
};

describe("the words of the page of operation", () => {
  it("say nothing where there is nothing, not 0", () => {
    const figures = figuresOf(quiet);
    const value = (name: string) => figures.find((each) => each.name === name)?.value;
    expect(value("Requests that failed")).toBe("–");
    expect(value("95 % are faster than")).toBe("–");
    expect(value("Left to a person")).toBe("–");
    expect(value("Cases")).toBe("0");
    expect(figures.every(({ mark }) => mark === "none")).toBe(true);
  });

  it("mark what is to be looked at, and what is to be acted on", () => {
    const busy = { ...quiet, requests: { ...quiet.requests, n: 1000, failed: 2, shed: [{ name: "429", n: 7 }] } };
    const marks = (ops: OpsInfo) => Object.fromEntries(figuresOf(ops).map(({ name, mark }) => [name, mark]));
    expect(marks(busy)).toMatchObject({ "Requests that failed": "warn", "Turned away": "warn" });
    expect(marks({ ...busy, requests: { ...busy.requests, failed: 20 } })).toMatchObject({
      "Requests that failed": "bad",
    });
    const { backlog: _gone, ...away } = quiet;
    expect(marks(away)).toMatchObject({ "Batch items left": "bad" });
    expect([fullMark(0, 10), fullMark(6, 10), fullMark(8, 10), fullMark(null, 10)]).toEqual([
      "none",
      "warn",
      "bad",
      "none",
    ]);
  });

  it("have units", () => {
    expect([null, 0.0005, 0.0421, 4.25, 300, 9000].map(durationWords)).toEqual([
      "–",
      "0.5 ms",
      "42 ms",
      "4.3 s",
      "5 min",
      "2.5 h",
    ]);
    expect([null, 0, 0.012, 0.5, 1].map(shareWords)).toEqual(["–", "0 %", "1.2 %", "50 %", "100 %"]);
  });

  it("say why no case is accepted", () => {
    expect(stateWords(quiet)).toBe("Cases are accepted");
    const reason = "the models are not warm";
    expect(stateWords({ ...quiet, ready: { ready: false, reason } })).toBe(`No cases are accepted: ${reason}`);
  });
});
