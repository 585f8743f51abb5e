import type {
  AcceptedImage,
  CaseAudit,
  CaseStore,
  CaseSubject,
  IdempotencyClaim,
  Lane,
  ObjectStore,
  Origin,
  Predictor,
  ProgrammeCatalog,
  Strategy,
  Stratum,
  TraceContext,
  Tracer,
} from "../contracts/index.ts";
import type { Clock, Metrics } from "../platform/index.ts";
import type { SecondLookDesk } from "./ask-fine.ts";

/** Tosses the coins of cases: who is looked at by chance is fixed before anybody has judged. */
export interface AuditCoin {
  /** Undefined where the programme's release cannot be watched. Never rejects: a case must not fail for it. */
  toss(caseId: string, programme: string, stratum: Stratum): Promise<CaseAudit | undefined>;
}

/** Everything a case needs; each is a port, so a test can hold any of them. */
export interface ScreeningDeps {
  readonly programmes: ProgrammeCatalog;
  readonly predictor: Predictor;
  readonly cases: Pick<CaseStore, "recordCase">;
  readonly objects: ObjectStore;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly newCaseId: () => string;
  /** Where cases wait for their second look; absent where none does. */
  readonly secondLooks?: SecondLookDesk | undefined;
  /** Chooses by chance whom else to ask about a case; absent where drift is not watched. */
  readonly audits?: AuditCoin | undefined;
  /** Absent where nobody collects traces. */
  readonly tracer?: Tracer | undefined;
}

export interface ScreenRequest {
  readonly programme: string;
  readonly image: AcceptedImage;
  readonly subject: CaseSubject;
  /** Default: the programme's cascade. */
  readonly strategy?: Strategy;
  /** Default: interactive. */
  readonly lane?: Lane;
  /** Time left until the caller gives up, ms. */
  readonly remainingMs: number;
  /** The caller can do with a provisional case when the second look cannot be had at once. */
  readonly mayWait?: boolean;
  /** Who asked: goes into the audit log. */
  readonly origin: Origin;
  /** Under which key the post may be repeated. */
  readonly claim?: IdempotencyClaim;
  /** What the case is a part of. */
  readonly trace?: TraceContext | undefined;
}
