import type { Alarm } from "../engine/detector-group.ts";
import type { DriftMonitor } from "../monitor/drift-monitor.ts";
import type { HarmStream } from "../monitor/plan.ts";
import { harmOf, widenedStep } from "../retrain/harm.ts";
import { requestRetrain } from "../retrain/start.ts";
import type { LoopState } from "./state.ts";
import { regionMax, shownMax, tellingCases } from "./telling.ts";
import type { Turn } from "./turn.ts";

/** Something looks different: more audits and an incident; never a training. */
export function openLook(turn: Turn, alarm: Alarm, at: string): void {
  const { watched, state } = turn;
  const look = turn.open(
    {
      id: incidentId(turn, "look", at),
      programme: watched.programme,
      kind: "look",
      streams: [alarm.stream],
      cases: tellingCases(state.recent, alarm.stream, shownMax),
      evidence: { release: watched.release, alarm },
      waitingFor: ["the cases with more audits"],
    },
    `${alarm.stream} reached ${written(alarm.value)}`,
  );
  turn.set({ look });
}

/**
 * Harm, or the suspicion of it: the band becomes safer with the very step that opens the incident. A training is asked
 * for only when people's labels say so.
 */
export function openHarm(turn: Turn, alarm: Alarm, at: string, monitor: DriftMonitor): void {
  const { watched, state } = turn;
  // The group raises one alarm until it is restarted; an incident that is still in work covers another one.
  if (state.harm !== null) return;
  const id = incidentId(turn, "harm", at);
  const streams = loudStreams(monitor, alarm);
  const region = tellingCases(state.recent, alarm.stream, regionMax);
  const step = widenedStep(state.safer?.step ?? watched.steps);
  const riskAtAlarm = riskOfLast(state, alarm.atCase - alarm.changeAtCase + 1);
  const opened = turn.open(
    {
      id,
      programme: watched.programme,
      kind: "harm",
      streams,
      cases: region.slice(0, shownMax),
      evidence: { release: watched.release, alarm, band: { from: state.safer?.step ?? watched.steps, to: step } },
      waitingFor: [],
    },
    `${alarm.stream} reached ${written(alarm.value)}; the band is made safer`,
  );
  const incident = turn.move(opened, "labelling", "labels of the alarmed region are asked for first");
  const harm = {
    incident,
    region,
    shownFrom: 0,
    stream: alarm.stream,
    confirmed: false,
    riskAtAlarm,
    stepAt: turn.at,
    done: [],
  };
  turn.set({ harm, safer: { step, incident: id } });
  confirmHarm(turn, monitor);
}

/** Labels of people confirm harm once one of their streams alone has as much evidence as the group needs. */
export function confirmHarm(turn: Turn, monitor: DriftMonitor): void {
  const { harm, retrain } = turn.state;
  if (harm === null || harm.incident.state !== "labelling") return;
  const riskAtAlarm = Math.max(harm.riskAtAlarm, riskOfLast(turn.state, turn.state.settledCases));
  turn.harm({ riskAtAlarm });
  if (harm.confirmed) return;
  const streams = loudStreams(monitor, { stream: harm.stream });
  if (harmOf(streams as HarmStream[]) !== "harm") {
    turn.harm({ incident: turn.note(harm.incident, { waitingFor: ["labels that confirm the suspicion"] }) });
    return;
  }
  const incident = turn.note(harm.incident, {
    streams,
    evidence: { confirmedAt: turn.at },
    waitingFor: ["labels for a training"],
  });
  turn.harm({ incident, confirmed: true });
  turn.set({ retrain: requestRetrain(retrain, incident.id) });
}

/** The stream that raised the alarm, and those that would have raised it alone. */
function loudStreams(monitor: DriftMonitor, { stream: raised }: Pick<Alarm, "stream">): string[] {
  const harm = monitor.groups.find(({ id }) => id === "harm");
  return (harm?.streams ?? [])
    .filter(({ stream, value }) => stream === raised || value >= (harm?.threshold ?? Number.POSITIVE_INFINITY))
    .map(({ stream }) => stream);
}

/** Weighted share of wrong decisions among the newest settled cases. */
function riskOfLast({ wrong, settledCases }: LoopState, cases: number): number {
  const from = settledCases - cases;
  const found = wrong.filter(({ place }) => place > from).reduce((sum, { weight }) => sum + weight, 0);
  return settledCases === 0 ? 0 : found / Math.max(1, Math.min(cases, settledCases));
}

/** The same alarm has the same name, however often it is come upon. */
const incidentId = ({ watched: { programme, release } }: Turn, kind: string, at: string): string =>
  `${programme}-${kind}-${release.slice(0, 8)}-${at}`;

const written = (value: number): string => value.toPrecision(3);
