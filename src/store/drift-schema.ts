import type { Generated, GeneratedAlways } from "kysely";

/** What the drift monitor is told of a case, and the coins that were tossed for it. */
export interface DriftCaseTable {
  case_id: string;
  programme: string;
  created_at: Date;
  site: string | null;
  group_id: string;
  stratum: string;
  epoch: string;
  fine_probability: number;
  fine_chosen: boolean;
  human_probability: number;
  human_chosen: boolean;
  fast_digest: string;
  fine_digest: string;
  band_digest: string;
  fast_log_odds: number;
  fast_positive: boolean;
  fine_positive: boolean | null;
  /** float32, little-endian. */
  embedding: Uint8Array | null;
  /**
   * `undecided`: provisional; `look`: the fine reader is still to be asked; `read`: complete, and the monitor has not let
   * go of it; `seen`: it has; `kept`: of a labelled case, for its coins alone.
   */
  state: string;
  /** Number of the audit entry by which the case was taken in: rises in the order of commits. Null: kept. */
  intake_seq: string | number | null;
  /** Of the entry by which it became complete; only while `read`. */
  read_seq: string | number | null;
  /** Counts leases of the look: the fence. */
  look_attempt: Generated<number>;
  look_free_at: Date | null;
  /** Then the look is given up; only while `look`. */
  look_due_at: Date | null;
}

/** Up to where the cases of a programme wait for no label any more. */
export interface DriftMarkTable {
  programme: string;
  /** An `intake_seq`. */
  let_go: string | number;
}

/** Rows are added and never changed or removed: the database refuses it. */
export interface LabelTable {
  id: string;
  /** Rises in the order of commits of one case. */
  seq: GeneratedAlways<string>;
  case_id: string;
  programme: string;
  label: string;
  positive: boolean;
  role: string;
  author: string;
  at: Date;
  note: string | null;
}

export interface DriftStateTable {
  programme: string;
  version: number;
  /** JSON. */
  state: string;
  /** What gateways follow, JSON. */
  served: string;
}

export interface IncidentTable {
  id: string;
  programme: string;
  opened_at: Date;
  /** The incident as it was last written, JSON. */
  record: string;
}

export interface IncidentEventTable {
  seq: GeneratedAlways<string>;
  incident: string;
  at: Date;
  /** Null: it was opened. */
  from_state: string | null;
  to_state: string;
  why: string;
}
