import type { DriftStreamCounts, DriftStreamReport } from "../../main/index.ts";

type Line = DriftStreamReport["checks"][number];
type Share = NonNullable<DriftStreamCounts["wrong"]>;

/** The report for people. */
export function tableOf(report: DriftStreamReport): string {
  const { wish, sent, watched, labels } = report;
  const isChanged = wish.change !== "none";
  const lines = [
    `${sent} cases sent from ${report.images} images, ${watched} watched; ${isChanged ? `${wish.change} from case ${wish.at + 1} on` : "nothing was changed"}`,
    ...countLines(isChanged ? "before" : `first ${report.before.cases}`, report.before),
    ...countLines(isChanged ? "after" : "the others", report.after),
    `labels given      ${labels.given}${listed(labels.bySource)}`,
    "",
    "    sent  watched            look            harm  band     audits  incidents in work",
    ...report.checks.map(checkLine),
    "",
    ...alarmLines(report),
    report.simulation,
    report.disclaimer,
  ];
  return `${lines.join("\n")}\n`;
}

function countLines(name: string, { cases, wrong, person, waiting, reasons }: DriftStreamCounts): string[] {
  if (cases === 0) return [`${name.padEnd(16)}  no cases`];
  return [
    `${name.padEnd(16)}  wrong of automatic ${shareOf(wrong)}; to a person ${shareOf(person)}${waiting === 0 ? "" : `; ${waiting} not decided yet`}`,
    `${" ".repeat(16)} ${listed(reasons)}`,
  ];
}

const shareOf = (share: Share | undefined): string =>
  share === undefined
    ? "none"
    : `${share.value.toFixed(3)} [${share.interval.map((bound) => bound.toFixed(3)).join(", ")}] n = ${share.n}`;

const listed = (counts: Readonly<Record<string, number>>): string => {
  const words = Object.entries(counts).map(([name, count]) => `${name} ${count}`);
  return words.length === 0 ? "" : ` (${words.join(", ")})`;
};

function checkLine({ sent, watched, look, harm, bandStep, auditFactor, open }: Line): string {
  const group = (found: Line["look"]): string =>
    (found === undefined
      ? "not watched"
      : `${found.evidence.toPrecision(3)}/${found.threshold}${found.alarmed ? " !" : ""}`
    ).padStart(14);
  const band = bandStep === undefined ? "own" : `safer ${bandStep}`;
  const audits = auditFactor === undefined ? "" : `x ${auditFactor}`;
  return `${String(sent).padStart(8)} ${String(watched).padStart(8)}  ${group(look)}  ${group(harm)}  ${band.padEnd(7)}  ${audits.padEnd(6)}  ${open.length}`;
}

function alarmLines({ wish, incidents, checks }: DriftStreamReport): string[] {
  if (checks.every(({ look }) => look === undefined)) return ["nobody watches this programme for drift there"];
  if (incidents.length === 0) return ["no alarm"];
  return incidents.map(({ id, kind, state, streams, cases, casesAfterChange }, i) => {
    const since =
      casesAfterChange === undefined
        ? wish.change === "none"
          ? ""
          : ", before the change"
        : `, ${casesAfterChange} after the change`;
    return `${i === 0 ? "first alarm" : "alarm"}: ${kind} at case ${cases}${since}, by ${streams.join(", ")}; ${state}; incident ${id}`;
  });
}
