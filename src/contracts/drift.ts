import type { CaseRecord } from "./decision.ts";
import type { Lease, LookLease } from "./leases.ts";
import type { BandOverride } from "./pack.ts";

/** Where the cascade left a case; known before any label. */
export const strata = ["fast-negative", "fast-positive", "band"] as const;
export type Stratum = (typeof strata)[number];

/** One coin of a case: how probable a look was, and whether it fell that way. */
export interface AuditToss {
  /** (0, 1]; fixed before anybody judged the case. */
  readonly probability: number;
  readonly chosen: boolean;
}

/** Which looks at a case were left to chance. Kept with the case, so that every estimate can be weighted by it. */
export interface CaseAudit {
  readonly stratum: Stratum;
  /** Names the secret and the rates in force. */
  readonly epoch: string;
  /** A look by the fine reader, in the background. */
  readonly fine: AuditToss;
  /** A label by a person. */
  readonly human: AuditToss;
}

/** What is kept beside a case for the monitor until it has seen it. */
export interface DriftInput {
  readonly audit: CaseAudit;
  /** Patient, else the image's own SHA-256. Never a name. */
  readonly group: string;
  /** Digests of the packs that read it and of the band that decided. */
  readonly release: { readonly fast: string; readonly fine: string; readonly band: string };
  /** Calibrated log odds of "any positive label" by the fast reader. */
  readonly fastLogOdds: number;
  /** Which side the fast reader alone would take at even odds. */
  readonly fastPositive: boolean;
  /** The same of the fine reader; absent: it has not been asked (yet). */
  readonly finePositive?: boolean;
  /** Where the picture lies beside the pack's reference, float32; absent where the pack has none. */
  readonly embedding?: Float32Array;
}

/** A case that the readers are done with, the audit's look included. */
export interface ReadEvent extends DriftInput {
  /** Rises in the order in which cases became complete. */
  readonly seq: number;
  readonly caseId: string;
  readonly site?: string;
  readonly at: string;
}

/** A case whose human coin was not chosen, or whose label is there. */
export interface SettledEvent {
  /** Rises in the order in which cases were taken in. */
  readonly seq: number;
  readonly caseId: string;
  readonly group: string;
  readonly at: string;
  /** Of the human coin. */
  readonly probability: number;
  /**
   * Absent: the coin spared it, or the picture cannot be judged (`ungradable`). What nobody can call right or wrong counts
   * as no error with every coin alike, so that leaving it out here weighs neither way; leaving out the case would.
   */
  readonly judgement?: {
    readonly positive: boolean;
    /** The calibrated probability that the decision rested on. */
    readonly claimed: number;
    /** The automatic decision was wrong; a case that went to a person was not. */
    readonly wrong: boolean;
  };
}

/** What the monitor reads, in order, as often as it likes: the same question has the same answer. */
export interface DriftFeed {
  /** @param after 0 from the start */
  readCases(programme: string, after: number, limit: number): Promise<readonly ReadEvent[]>;
  /**
   * Up to the first case that is undecided, or waits for its label or for the end of a conflict: cases without an error
   * would otherwise always come first. When one has waited for 90 days, all cases of its time are let go of, by age alone.
   */
  settledCases(programme: string, after: number, limit: number): Promise<readonly SettledEvent[]>;
  /**
   * Lets go of what both cursors have passed; of what a case says as read, once that cursor has. Coins of cases that
   * chance put before people and that have a label stay with their labels.
   */
  forget(programme: string, cursors: { readonly read: number; readonly settled: number }): Promise<void>;
}

/** A case that chance sends to the fine reader too. Its decision stands, whatever that reader says. */
export interface LeasedAuditLook extends LookLease {
  readonly record: CaseRecord;
  readonly release: DriftInput["release"];
  /** Share of its time that it has waited, from 0; from 1 on it is overdue. */
  readonly age: number;
}

/**
 * Looks by the fine reader that chance asked for, done in the background and in the database of the cases. Any server
 * may take one and may end at any point. Every method can fail with the problem store-unavailable.
 */
export interface AuditLookStore {
  /** Oldest first; overdue ones of any release, to be given up. @param readable digests of fine readers to be had now */
  leaseAuditLooks(ask: {
    readonly limit: number;
    readonly leaseMs: number;
    readonly readable: readonly string[];
  }): Promise<readonly LeasedAuditLook[]>;
  /** Gives it back; nobody takes it for so long. */
  releaseAuditLook(lease: LookLease, afterMs: number): Promise<void>;
  /**
   * The case is complete for the monitor then. The case itself and its readings stay as they were decided.
   * @param finePositive absent: nobody could read it
   * @returns false when the lease is somebody else's by now: nothing is written then
   */
  settleAuditLook(lease: LookLease, finePositive?: boolean): Promise<boolean>;
  /** Looks that are still to be done. */
  countAuditLooks(): Promise<number>;
}

/** Steps of an incident, in the order in which they can come. */
export const incidentStates = [
  "open",
  "labelling",
  "training",
  "gate",
  "shadow",
  "canary",
  "promoted",
  "rejected",
  "rolled-back",
  "closed",
] as const;
export type IncidentState = (typeof incidentStates)[number];

const incidentEnds: ReadonlySet<IncidentState> = new Set(["promoted", "rejected", "rolled-back", "closed"]);

/** Nothing is done about it any more. */
export const isEndedIncident = ({ state }: Pick<Incident, "state">): boolean => incidentEnds.has(state);

/** An alarm and what was done about it. */
export interface Incident {
  readonly id: string;
  readonly programme: string;
  readonly kind: "look" | "harm";
  /** Streams whose evidence raised it. */
  readonly streams: readonly string[];
  readonly state: IncidentState;
  readonly openedAt: string;
  readonly updatedAt: string;
  /** The most telling cases, at most 50. */
  readonly cases: readonly string[];
  /** What is known so far, by step; each figure with its n. */
  readonly evidence: Readonly<Record<string, unknown>>;
  /** What it waits for, in words. */
  readonly waitingFor: readonly string[];
}

export interface IncidentEvent {
  readonly incident: string;
  readonly at: string;
  readonly from: IncidentState | null;
  readonly to: IncidentState;
  readonly why: string;
}

/** What the monitor of a programme remembers. JSON, at most `driftStateBytesMax`. */
export interface SavedDrift {
  readonly version: number;
  readonly state: unknown;
}
export const driftStateBytesMax = 256 * 1024;

/** What every gateway follows, as the leader decided it last. Small, because each of them asks twice a second. */
export interface ServedDrift {
  readonly programme: string;
  /** A safer band than the pack's, while harm is looked into. */
  readonly band?: BandOverride;
  /** Times as many audits as usual. */
  readonly auditFactor: number;
  /** A release that is held beside the one that serves. */
  readonly candidate?: {
    readonly release: string;
    /** Of the groups, whose cases it answers; 0 while it only reads along. */
    readonly percent: number;
    readonly incident: string;
  };
}

export interface DriftStore {
  loadDrift(programme: string): Promise<SavedDrift | undefined>;
  /** Of every programme that has any; what was given to `saveDrift` last. */
  servedDrift(): Promise<readonly ServedDrift[]>;
  /**
   * State, what is served, incidents and their events, all or nothing.
   * @param version of the state that this one follows, 0 for the first
   * @param lease the leader's: a leader of before writes nothing
   * @returns false when somebody else was quicker, or the lease is another's; nothing was written then
   */
  saveDrift(
    programme: string,
    version: number,
    change: {
      readonly state: unknown;
      readonly served: ServedDrift;
      /** Written over those of the same id. */
      readonly incidents: readonly Incident[];
      readonly events: readonly IncidentEvent[];
    },
    lease: Lease,
  ): Promise<boolean>;
  incidents(programme: string | undefined, limit: number): Promise<readonly Incident[]>;
  incident(id: string): Promise<{ readonly incident: Incident; readonly events: readonly IncidentEvent[] } | undefined>;
}

/** What is shown of drift to people and programs. Every method can fail with the problem store-unavailable. */
export interface DriftView {
  /** Of programmes that are watched, and were at least once; as the leader wrote them last. */
  reports(): Promise<readonly DriftReport[]>;
  incidents(programme: string | undefined, limit: number): ReturnType<DriftStore["incidents"]>;
  incident(id: string): ReturnType<DriftStore["incident"]>;
}

/** The monitor of a programme as it stands: evidence of every stream beside the threshold of its group. */
export interface DriftReport {
  readonly programme: string;
  /** Digest of the release that is watched, and since when. */
  readonly release: string;
  readonly since: string;
  /** When this was so. */
  readonly at: string;
  /** Cases of this release that were watched. */
  readonly cases: number;
  readonly groups: readonly {
    readonly kind: "look" | "harm";
    /** At most one false alarm in so many cases on average. */
    readonly threshold: number;
    /** Mean over its streams. */
    readonly evidence: number;
    readonly alarmed: boolean;
    readonly streams: readonly {
      readonly stream: string;
      readonly evidence: number;
      readonly cases: number;
      /** Where a change most likely was, on the same count; 0: nowhere. */
      readonly changeAtCase: number;
    }[];
  }[];
  /** Share of wrong automatic decisions, from random audits; the interval holds at every look. */
  readonly risk: {
    /** Absent before the first case. */
    readonly value?: number;
    readonly interval: readonly [number, number];
    readonly cases: number;
    readonly labels: number;
    /** What the band allows. */
    readonly target: number;
  };
  /** Cases that could not be watched. */
  readonly unusable: number;
  readonly auditFactor: number;
  readonly band?: BandOverride;
  readonly candidate?: ServedDrift["candidate"];
  /** Incidents in work. */
  readonly open: readonly string[];
}
