import type { Incident, IncidentEvent, IncidentState } from "../../contracts/index.ts";
import type { HarmInWork, LoopRules, LoopState, Watched } from "./state.ts";

/** One step of the loop while it is made: the state so far and what has to be written with it. */
export class Turn {
  readonly watched: Watched;
  readonly rules: LoopRules;
  /** RFC 3339. */
  readonly at: string;
  readonly events: IncidentEvent[] = [];
  readonly #incidents = new Map<string, Incident>();
  #state: LoopState;

  constructor(watched: Watched, rules: LoopRules, state: LoopState, at: string) {
    this.watched = watched;
    this.rules = rules;
    this.#state = state;
    this.at = at;
  }

  get state(): LoopState {
    return this.#state;
  }

  /** Each as it is at the end of the step. */
  get incidents(): readonly Incident[] {
    return [...this.#incidents.values()];
  }

  set(news: Partial<LoopState>): void {
    this.#state = { ...this.#state, ...news };
  }

  open(incident: Omit<Incident, "state" | "openedAt" | "updatedAt">, why: string): Incident {
    const opened: Incident = { ...incident, state: "open", openedAt: this.at, updatedAt: this.at };
    this.events.push({ incident: opened.id, at: this.at, from: null, to: "open", why });
    return this.#keep(opened);
  }

  move(incident: Incident, to: IncidentState, why: string, evidence: Incident["evidence"] = {}): Incident {
    this.events.push({ incident: incident.id, at: this.at, from: incident.state, to, why });
    const moved = { ...incident, state: to, waitingFor: [], evidence: { ...incident.evidence, ...evidence } };
    return this.#keep({ ...moved, updatedAt: this.at });
  }

  /** Something new about an incident; nothing is written when there is nothing new. */
  note(incident: Incident, news: Partial<Pick<Incident, "cases" | "waitingFor" | "evidence" | "streams">>): Incident {
    const noted = { ...incident, ...news, evidence: { ...incident.evidence, ...news.evidence } };
    return JSON.stringify(noted) === JSON.stringify(incident) ? incident : this.#keep({ ...noted, updatedAt: this.at });
  }

  harm(news: Partial<HarmInWork>): void {
    const { harm } = this.#state;
    const isNews = (Object.keys(news) as (keyof HarmInWork)[]).some((key) => news[key] !== harm?.[key]);
    // What is as it was does not have to be written.
    if (harm !== null && isNews) this.set({ harm: { ...harm, ...news } });
  }

  #keep(incident: Incident): Incident {
    this.#incidents.set(incident.id, incident);
    return incident;
  }
}
