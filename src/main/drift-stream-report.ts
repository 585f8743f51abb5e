import { type DriftReport, disclaimer, type Incident, type Outcome, type Reason } from "../contracts/index.ts";
import { type Figure, wilson } from "../ensemble/index.ts";
import type { DriftStreamWish } from "./drift-stream.ts";

/** A case of a stream and what the server made of it, in the order in which they were sent. */
export interface AnsweredCase {
  readonly id: string;
  /** By the server's clock. */
  readonly createdAt: string;
  /** Drawn after the change, or of a stream without one where it would have come. */
  readonly after: boolean;
  readonly positive: boolean;
  /** Its second look is still to come: nothing is decided. */
  readonly provisional: boolean;
  readonly outcome: Outcome;
  readonly reason: Reason;
}

/** What the server's monitor said when so many cases had been sent. */
export interface DriftCheck {
  readonly sent: number;
  /** Undefined: nobody watches the programme, or not yet. */
  readonly report: DriftReport | undefined;
}

export interface DriftStreamCounts {
  readonly cases: number;
  readonly automatic: number;
  /** Of the automatic decisions, those against the folder's label; absent without any. */
  readonly wrong?: Figure;
  /** Of all decided cases, those left to a person; absent without any. */
  readonly person?: Figure;
  /** Still to be decided by a second look, in none of the shares. */
  readonly waiting: number;
  /** Cases by the reason of what was decided, or is still to be. */
  readonly reasons: Readonly<Record<string, number>>;
}

interface GroupCheck {
  readonly evidence: number;
  readonly threshold: number;
  readonly alarmed: boolean;
}

/** The monitor of one moment, in one line. */
export interface DriftCheckLine {
  readonly sent: number;
  /** Since the stream began, others' cases included. */
  readonly watched: number;
  readonly look?: GroupCheck;
  readonly harm?: GroupCheck;
  /** Step of the safer band in force; absent: the pack's own band. */
  readonly bandStep?: number;
  readonly auditFactor?: number;
  readonly open: readonly string[];
}

export interface DriftStreamReport {
  readonly wish: DriftStreamWish;
  readonly simulation: string;
  readonly images: number;
  readonly sent: number;
  readonly watched: number;
  readonly before: DriftStreamCounts;
  readonly after: DriftStreamCounts;
  /** Given by the simulated person, by what the task was asked for. */
  readonly labels: { readonly given: number; readonly bySource: Readonly<Record<string, number>> };
  readonly checks: readonly DriftCheckLine[];
  /** Of the incidents opened since the stream began; absent: none was. */
  readonly firstAlarm?: StreamedIncident;
  readonly incidents: readonly StreamedIncident[];
  readonly disclaimer: string;
}

export interface StreamedIncident {
  readonly id: string;
  readonly kind: Incident["kind"];
  readonly state: Incident["state"];
  readonly streams: readonly string[];
  /** Cases of the stream that the server had taken when it was opened. */
  readonly cases: number;
  /** The same since the change: absent when it came before, or there is no change. */
  readonly casesAfterChange?: number;
}

/** @param incidents of the programme, opened since the stream began */
export function reportStream(seen: {
  readonly wish: DriftStreamWish;
  readonly images: number;
  readonly answered: readonly AnsweredCase[];
  readonly labelSources: readonly string[];
  readonly checks: readonly DriftCheck[];
  readonly incidents: readonly Incident[];
}): DriftStreamReport {
  const { wish, images, answered, labelSources, incidents } = seen;
  const checks = linesOf(seen.checks);
  const opened = incidents
    .map((incident) => streamed(incident, wish, answered))
    .sort((one, other) => one.cases - other.cases);
  return {
    wish,
    simulation: `A simulation on ${images} images, ${answered.length > images ? "some of them more than once" : "none of them twice"}: an alarm can come from these few alone, which --change none with the same seed tells. No clinical evidence.`,
    images,
    sent: answered.length,
    watched: checks.at(-1)?.watched ?? 0,
    before: countsOf(answered.filter(({ after }) => !after)),
    after: countsOf(answered.filter(({ after }) => after)),
    labels: { given: labelSources.length, bySource: tally(labelSources) },
    checks,
    ...(opened[0] !== undefined && { firstAlarm: opened[0] }),
    incidents: opened,
    disclaimer,
  };
}

function countsOf(cases: readonly AnsweredCase[]): DriftStreamCounts {
  const decided = cases.filter(({ provisional }) => !provisional);
  const automatic = decided.filter(({ outcome }) => outcome !== "person");
  const wrong = automatic.filter(({ outcome, positive }) => (outcome === "positive") !== positive).length;
  return {
    cases: cases.length,
    automatic: automatic.length,
    ...(automatic.length > 0 && { wrong: wilson(wrong, automatic.length) }),
    ...(decided.length > 0 && { person: wilson(decided.length - automatic.length, decided.length) }),
    waiting: cases.length - decided.length,
    reasons: tally(cases.map(({ reason }) => reason)),
  };
}

/** A release that changes on the way is counted from its own beginning. */
function linesOf(checks: readonly DriftCheck[]): DriftCheckLine[] {
  let watched = 0;
  let before: DriftReport | undefined;
  return checks.map(({ sent, report }, i) => {
    if (report === undefined) return { sent, watched, open: [] };
    const known = before?.since === report.since ? before.cases : 0;
    if (i > 0) watched += report.cases - known;
    before = report;
    const { band, auditFactor, open } = report;
    return {
      sent,
      watched,
      ...groupsOf(report),
      ...(band !== undefined && { bandStep: band.step }),
      auditFactor,
      open,
    };
  });
}

function groupsOf({ groups }: DriftReport): Pick<DriftCheckLine, "look" | "harm"> {
  return Object.fromEntries(
    groups.map(({ kind, evidence, threshold, alarmed }) => [kind, { evidence, threshold, alarmed }]),
  );
}

function streamed(
  { id, kind, state, streams, openedAt }: Incident,
  { change, at }: DriftStreamWish,
  answered: readonly AnsweredCase[],
): StreamedIncident {
  const cases = answered.filter(({ createdAt }) => createdAt <= openedAt).length;
  const isAfter = change !== "none" && cases > at;
  return { id, kind, state, streams, cases, ...(isAfter && { casesAfterChange: cases - at }) };
}

function tally(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
