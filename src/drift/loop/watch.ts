import type { ReadEvent, SettledEvent } from "../../contracts/index.ts";
import { DriftMonitor } from "../monitor/drift-monitor.ts";
import { AuditedRisk } from "../risk/audited-risk.ts";
import { confirmHarm, openHarm, openLook } from "./alarms.ts";
import { Oddity } from "./oddity.ts";
import { type FoundWrong, riskPlan } from "./state.ts";
import { isOfRegion, type RecentCase, recentMax, regionMax } from "./telling.ts";
import type { Turn } from "./turn.ts";

/** Cases found wrong that are kept to say how large the risk has been lately. */
const wrongMax = 300;

/** Cases in the order of the feed, from where the last ones ended. */
export function takeRead(turn: Turn, cases: readonly ReadEvent[]): void {
  const { watched } = turn;
  const monitor = new DriftMonitor(watched.reference, watched.rates, turn.state.monitor);
  const oddity = new Oddity(watched.reference);
  for (const one of cases) {
    const { cursors } = turn.state;
    if (one.seq <= cursors.read) continue;
    turn.set({ cursors: { ...cursors, read: one.seq } });
    if (one.release.fast !== watched.fast || one.release.fine !== watched.fine) continue;
    takeOne(turn, monitor, oddity, one);
  }
  closeLook(turn, monitor);
  turn.set({ monitor: monitor.save() });
}

function takeOne(turn: Turn, monitor: DriftMonitor, oddity: Oddity, one: ReadEvent): void {
  const { fastLogOdds, embedding, group, fastPositive, finePositive } = one;
  const { stratum } = one.audit;
  const disagrees = finePositive === undefined ? undefined : fastPositive !== finePositive;
  let seen: RecentCase;
  let alarms: ReturnType<DriftMonitor["update"]>;
  // Counts the cases for which audits are more frequent.
  monitor.nextAudit(stratum);
  try {
    seen = { id: one.caseId, stratum, oddity: oddity.of(one), ...(disagrees !== undefined && { disagrees }) };
    const isSafer = turn.state.safer !== null;
    alarms = monitor.update({ group, stratum, isSafer, fastLogOdds, disagrees, ...(embedding && { embedding }) });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    // One case that says nothing must not keep all others from being watched.
    turn.set({ unusable: turn.state.unusable + 1 });
    return;
  }
  const { recent, readCases } = turn.state;
  turn.set({ recent: [...recent.slice(1 - recentMax), seen], readCases: readCases + 1 });
  growRegion(turn, seen);
  for (const alarm of alarms)
    if (alarm.group === "look") openLook(turn, alarm, `r${one.seq}`);
    else openHarm(turn, alarm, `r${one.seq}`, monitor);
}

/** Cases whose human coin is settled, in the order in which they were taken in. */
export function takeSettled(turn: Turn, cases: readonly SettledEvent[]): void {
  const { watched } = turn;
  const monitor = new DriftMonitor(watched.reference, watched.rates, turn.state.monitor);
  const risk = new AuditedRisk(riskPlan(watched), turn.state.risk);
  for (const one of cases) {
    const { cursors, settledCases } = turn.state;
    if (one.seq <= cursors.settled) continue;
    turn.set({ cursors: { ...cursors, settled: one.seq } });
    const { group, probability, judgement } = one;
    try {
      const alarms = monitor.settle({ group, probability, judgement });
      risk.update({ probability, judgement: judgement && Number(judgement.wrong) });
      turn.set({ settledCases: settledCases + 1 });
      if (judgement?.wrong === true) keepWrong(turn, { place: settledCases + 1, weight: 1 / probability });
      for (const alarm of alarms) openHarm(turn, alarm, `s${one.seq}`, monitor);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      turn.set({ unusable: turn.state.unusable + 1 });
    }
  }
  confirmHarm(turn, monitor);
  turn.set({ monitor: monitor.save(), risk: risk.save() });
}

function keepWrong(turn: Turn, found: FoundWrong): void {
  turn.set({ wrong: [...turn.state.wrong, found].slice(-wrongMax) });
}

/** What comes after the alarm is of the region too, as long as labels are asked for. */
function growRegion(turn: Turn, seen: RecentCase): void {
  const { harm } = turn.state;
  if (harm?.incident.state !== "labelling" || harm.region.length >= regionMax) return;
  if (isOfRegion(harm.stream, seen)) turn.harm({ region: [...harm.region, seen.id] });
}

/** A look ends with the cases for which audits were more frequent; what is still there raises the next one. */
function closeLook(turn: Turn, monitor: DriftMonitor): void {
  const { look } = turn.state;
  if (look === null || monitor.save().policy.boostedCasesLeft > 0) return;
  turn.move(look, "closed", "the cases with more audits are over");
  monitor.restart("look");
  turn.set({ look: null });
}
