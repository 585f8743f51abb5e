import type { CountedInfo, OpsInfo } from "./ops-info.ts";

export type Mark = "none" | "warn" | "bad";

/** One number of the first screen. */
export interface Figure {
  readonly name: string;
  readonly value: string;
  /** Of how many, or over how long. */
  readonly under: string;
  readonly mark: Mark;
  /** Where it is drawn over time. */
  readonly dashboard: string;
}

/** The objectives: docs/runbook.md. */
const slowS = 1;
const failedShareBad = 0.0144;
const failedShareWarn = 0.001;
const fullWarn = 0.6;
const fullBad = 0.8;

const none = "–";
/** Below this a whole number of milliseconds says too little. */
const fineS = 0.01;
const minuteS = 60;
const hourS = 3600;

export function durationWords(seconds: number | null): string {
  if (seconds === null) return none;
  if (seconds < fineS) return `${(seconds * 1000).toFixed(1)} ms`;
  if (seconds < slowS) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < minuteS) return `${seconds.toFixed(1)} s`;
  if (seconds < hourS) return `${Math.round(seconds / minuteS)} min`;
  return `${(seconds / hourS).toFixed(1)} h`;
}

export function shareWords(share: number | null): string {
  if (share === null) return none;
  const percent = 100 * share;
  return `${percent > 0 && percent < 10 ? percent.toFixed(1) : Math.round(percent)} %`;
}

export const bytesWords = (bytes: number): string =>
  bytes < 2 ** 20 ? `${Math.ceil(bytes / 2 ** 10)} KiB` : `${Math.round(bytes / 2 ** 20)} MiB`;

export const manyWords = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`;

export const fullMark = (used: number | null, limit: number): Mark =>
  marked(used === null ? null : used / limit, fullWarn, fullBad);

function marked(value: number | null, warn: number, bad: number): Mark {
  if (value === null || value < warn) return "none";
  return value < bad ? "warn" : "bad";
}

const ofCases = ({ n }: CountedInfo): string => `of ${manyWords(n, "case")}`;

/** What is read first. Every number says of how many it is. */
export function figuresOf({ seconds, requests, cases, queues, backlog }: OpsInfo): readonly Figure[] {
  const failedShare = requests.n === 0 ? null : requests.failed / requests.n;
  const shed = requests.shed.reduce((sum, { n }) => sum + n, 0);
  const time = (name: string, counted: CountedInfo): Figure => ({
    name,
    value: durationWords(counted.value),
    under: ofCases(counted),
    mark: marked(counted.value, slowS, 2 * slowS),
    dashboard: "fovea-service",
  });
  const share = (name: string, counted: CountedInfo): Figure => ({
    name,
    value: shareWords(counted.value),
    under: ofCases(counted),
    mark: "none",
    dashboard: "fovea-cascade",
  });
  return [
    {
      name: "Cases",
      value: String(cases.accepted),
      under: `in ${durationWords(seconds)}`,
      mark: "none",
      dashboard: "fovea-service",
    },
    {
      name: "Requests that failed",
      value: shareWords(failedShare),
      under: `${requests.failed} of ${manyWords(requests.n, "request")}`,
      mark: marked(failedShare, failedShareWarn, failedShareBad),
      dashboard: "fovea-service",
    },
    time("Half are faster than", cases.p50S),
    time("95 % are faster than", cases.p95S),
    time("99 % are faster than", cases.p99S),
    {
      name: "Turned away",
      value: String(shed),
      under: "429, 503 and 504",
      mark: shed > 0 ? "warn" : "none",
      dashboard: "fovea-shedding",
    },
    {
      name: "Waiting",
      value: queues.items.used === null ? none : String(queues.items.used),
      under: `of ${manyWords(queues.items.limit, "place")}`,
      mark: fullMark(queues.items.used, queues.items.limit),
      dashboard: "fovea-capacity",
    },
    share("Left to the fine reader", cases.escalated),
    share("Left to a person", cases.toPerson),
    share("Cannot be judged", cases.ungradable),
    share("Both readers agree", cases.agreed),
    {
      name: "Provisional cases",
      value: String(cases.pending),
      under: "of the database",
      mark: marked(cases.pending, 10, 100),
      dashboard: "fovea-cascade",
    },
    {
      name: "Batch items left",
      value: backlog === undefined ? none : String(backlog.queued + backlog.leased),
      under: backlog === undefined ? "the database is away" : `in ${manyWords(backlog.batches, "batch", "batches")}`,
      mark: backlog === undefined ? "bad" : "none",
      dashboard: "fovea-records",
    },
  ];
}

/** Whether cases are read, in one sentence. */
export function stateWords({ ready, engine }: Pick<OpsInfo, "ready" | "engine">): string {
  if (ready.ready) return "Cases are accepted";
  const why = ready.reason ?? engine.reason ?? "it does not say why";
  return `No cases are accepted: ${why}`;
}
