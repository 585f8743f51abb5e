import type { Incident, IncidentEvent } from "../../contracts/index.ts";
import { endRetrain } from "../retrain/start.ts";
import { dueActions } from "./due.ts";
import type { ActionOutcome, Fact } from "./facts.ts";
import { firstState, type LoopRules, type LoopState, unseen, type Watched } from "./state.ts";
import { promoted, takeLabels, takeMirrored, takeOutcome, takePairs, takeTime } from "./trial.ts";
import { Turn } from "./turn.ts";
import { takeRead, takeSettled } from "./watch.ts";

/** The next state, and what must be written together with it. */
export interface Advanced {
  readonly state: LoopState;
  /** Those that changed. */
  readonly incidents: readonly Incident[];
  readonly events: readonly IncidentEvent[];
}

/**
 * One step of the loop from alarm to promotion. Pure: the same state, fact and time give the same step, so a process
 * that dies before the step was written makes it again. What is to be done outside follows from the state
 * (`dueActions`), what gateways must follow too (`servedOf`).
 *
 * @param state undefined at the very beginning
 * @param at RFC 3339 in UTC
 */
export function advance(
  watched: Watched,
  rules: LoopRules,
  state: LoopState | undefined,
  fact: Fact,
  at: string,
): Advanced {
  const turn = new Turn(watched, rules, state ?? firstState(watched, at), at);
  if (turn.state.monitor.reference !== watched.reference.id) begin(turn);
  take(turn, fact);
  return { state: turn.state, incidents: turn.incidents, events: turn.events };
}

function take(turn: Turn, fact: Fact): void {
  switch (fact.kind) {
    case "read":
      takeRead(turn, fact.cases);
      takeMirrored(turn, fact.mirrored ?? []);
      break;
    case "settled":
      takeSettled(turn, fact.cases);
      takePairs(turn, fact.pairs ?? []);
      break;
    case "labels":
      takeLabels(turn, fact);
      break;
    case "time":
      takeTime(turn);
      break;
    default:
      takeAction(turn, fact);
  }
}

/** What is not due any more was found out in vain. */
function takeAction(turn: Turn, fact: { readonly action: string } & ActionOutcome): void {
  const action = dueActions(turn.state).find(({ id }) => id === fact.action);
  if (action?.kind === "retire") turn.set({ retiring: turn.state.retiring.filter(({ id }) => id !== action.incident) });
  else if (action !== undefined) takeOutcome(turn, fact);
}

/**
 * Another release serves: because the loop promoted it, or because somebody did. It is watched from its own reference,
 * with its own band, and nothing is held against it.
 */
function begin(turn: Turn): void {
  const { look, harm, retiring, retrain } = turn.state;
  const { release } = turn.watched;
  if (look !== null) turn.move(look, "closed", "another release serves");
  if (harm !== null && harm.candidate === release) promoted(turn, harm, release);
  else if (harm !== null) turn.move(harm.incident, harm.candidate ? "rejected" : "closed", "another release serves");
  const abandoned = harm?.candidate !== undefined && harm.candidate !== release ? [harm] : [];
  turn.set({
    ...unseen(turn.watched, turn.at),
    retrain: { ...endRetrain(retrain), queued: null },
    labelsSince: turn.at,
    look: null,
    harm: null,
    arriving: null,
    retiring: [
      ...retiring.filter((each) => each.release !== release),
      ...abandoned.map(({ incident, candidate }) => ({
        id: incident.id,
        release: candidate as string,
        why: "another release serves",
      })),
    ],
  });
}
