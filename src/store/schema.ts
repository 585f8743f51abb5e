import type { Generated } from "kysely";
import type {
  DriftCaseTable,
  DriftMarkTable,
  DriftStateTable,
  IncidentEventTable,
  IncidentTable,
  LabelTable,
} from "./drift-schema.ts";

/** Columns as both databases hold them. `docs/data-model.md` says why each is there. */
export interface CaseTable {
  /** UUIDv7: sorts by time of creation. */
  id: string;
  programme: string;
  created_at: Date;
  outcome: string;
  reason: string;
  stage: string;
  label: string;
  probability: number;
  escalated: boolean;
  gradability: string;
  strategy: string;
  image_sha256: string;
  patient_id: string | null;
  external_id: string | null;
  site: string | null;
  laterality: string | null;
  view: string | null;
  /** Null: nobody was asked. */
  training_consent: boolean | null;
  /** The case exactly as it was answered, JSON. */
  record: string;
}

export interface ReadingTable {
  case_id: string;
  position: number;
  reader: string;
  pack: string;
  digest: string;
  /** JSON: calibrated probability per label. */
  probabilities: string;
  domain_p_value: number | null;
  worker: string;
  queue_ms: number;
  decode_ms: number;
  compute_ms: number;
}

export interface ObjectTable {
  sha256: string;
  media_type: string;
  bytes: number;
  width: number;
  height: number;
  stored_at: Date;
  /** Null: kept until somebody decides otherwise. */
  expires_at: Date | null;
}

export interface IdempotencyTable {
  key_sha256: string;
  fingerprint: string;
  case_id: string;
  expires_at: Date;
}

export interface OutboxTable {
  id: Generated<string>;
  topic: string;
  case_id: string;
  created_at: Date;
}

export interface AuditTable {
  seq: string | number;
  at: Date;
  actor: string;
  action: string;
  object: string;
  request_id: string;
  hash: string;
}

/** One row: the end of the chain. Locked by whoever appends. */
export interface AuditHeadTable {
  singleton: boolean;
  seq: string | number;
  hash: string;
}

export interface PersonTable {
  /** UUIDv7. */
  id: string;
  name: string;
  /** The name in the form in which it is searched. */
  search_name: string;
  status: string;
  created_at: Date;
  updated_at: Date;
  /** Set: hidden from every read. */
  deleted_at: Date | null;
  /** Counts changes from 1. */
  version: number;
  /** The person as it was last written, JSON. */
  record: string;
}

export interface NotificationTable {
  id: string;
  person_id: string | null;
  message: string;
  type: string;
  at: Date;
  read: boolean;
}

export interface AlertTable {
  seq: string | number;
  at: Date;
  kind: string;
  /** JSON. */
  body: string;
}

/** One row: number of the newest alert. Locked by whoever appends. */
export interface AlertHeadTable {
  singleton: boolean;
  seq: string | number;
}

export interface BatchTable {
  /** UUIDv7. */
  id: string;
  programme: string;
  strategy: string | null;
  /** The lower goes first. */
  priority: number;
  state: string;
  actor: string;
  request_id: string;
  key_sha256: string | null;
  fingerprint: string | null;
  version: number;
  created_at: Date;
  touched_at: Date;
  /** When items were last taken from it. */
  served_at: Date;
  finished_at: Date | null;
  /** Settled items at two earlier moments, from which the rate is measured. */
  mark_at: Date | null;
  mark_settled: Generated<number>;
  before_at: Date | null;
  before_settled: Generated<number>;
  webhook_url: string | null;
  webhook_state: string | null;
  webhook_due: Date | null;
  webhook_tries: Generated<number>;
  queued: Generated<number>;
  leased: Generated<number>;
  done: Generated<number>;
  failed: Generated<number>;
  dead: Generated<number>;
  cancelled: Generated<number>;
}

export interface BatchItemTable {
  batch_id: string;
  /** Position in the batch, from 0. */
  seq: number;
  custom_id: string | null;
  /** JSON; null for an item that failed on its way in. */
  source: string | null;
  /** Of an image that waits in the object store. */
  sha256: string | null;
  /** JSON. */
  subject: string;
  state: string;
  /** Counts leases: the fence. */
  attempt: Generated<number>;
  /** Leases that the item itself used up. */
  tries: Generated<number>;
  /** Queued: not before; leased: the lease's end. */
  due_at: Date;
  case_id: string | null;
  problem_code: string | null;
  problem_detail: string | null;
}

export interface LeaseTable {
  name: string;
  holder: string;
  /** Counts holders: the fence. */
  token: string | number;
  expires_at: Date;
}

/** The answer of a batch that its client asked us to keep. */
export interface KeptResultTable {
  id: string;
  /** JSON, as it was answered. */
  body: string;
  expires_at: Date;
}

/** What all gateways together may still let through for one caller. */
export interface TokenBucketTable {
  /** A keyed digest: whose bucket it is cannot be read from it. */
  name: string;
  /** At `at`; below 0 it owes. */
  tokens: number;
  at: Date;
  /** When it will be full, and is forgotten. */
  full_at: Date;
}

export interface SecondLookTable {
  case_id: string;
  /** Digests of the packs that took the case. */
  release: string;
  gain: number;
  out_of_domain: boolean;
  /** `pending`; `later`: decided after a second look; `person`: without one. */
  state: string;
  /** Counts leases: the fence. */
  attempt: Generated<number>;
  created_at: Date;
  /** After that a person decides. */
  due_at: Date;
  /** When it may be leased: the end of a lease, or of a pause. */
  free_at: Date;
  settled_at: Date | null;
}

/** At most one a queue. */
export interface QueueOrderTable {
  queue: string;
  paused: boolean;
  width: number | null;
  reason: string;
  by: string;
  at: Date;
}

export interface Schema {
  cases: CaseTable;
  readings: ReadingTable;
  objects: ObjectTable;
  idempotency: IdempotencyTable;
  outbox: OutboxTable;
  audit: AuditTable;
  audit_head: AuditHeadTable;
  persons: PersonTable;
  notifications: NotificationTable;
  alerts: AlertTable;
  alert_head: AlertHeadTable;
  batches: BatchTable;
  batch_items: BatchItemTable;
  second_looks: SecondLookTable;
  leases: LeaseTable;
  token_buckets: TokenBucketTable;
  kept_results: KeptResultTable;
  queue_orders: QueueOrderTable;
  drift_cases: DriftCaseTable;
  drift_marks: DriftMarkTable;
  labels: LabelTable;
  drift_states: DriftStateTable;
  incidents: IncidentTable;
  incident_events: IncidentEventTable;
}
