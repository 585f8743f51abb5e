import type {
  DriftInput,
  Incident,
  IncidentEvent,
  Lease,
  LookLease,
  ReadEvent,
  SettledEvent,
} from "../contracts/index.ts";

// What is asked of the record thread for the drift monitor. Cases, states and incidents travel as JSON text.

export interface StoredAuditLook extends LookLease {
  readonly record: string;
  readonly release: DriftInput["release"];
  readonly age: number;
}

interface FeedPage {
  readonly programme: string;
  readonly after: number;
  readonly limit: number;
}

export interface DriftCalls {
  readonly leaseAuditLooks: {
    readonly asked: { readonly limit: number; readonly leaseMs: number; readonly readable: readonly string[] };
    readonly answer: readonly StoredAuditLook[];
  };
  readonly releaseAuditLook: {
    readonly asked: { readonly lease: LookLease; readonly afterMs: number };
    readonly answer: undefined;
  };
  readonly settleAuditLook: {
    readonly asked: { readonly lease: LookLease; readonly at: string; readonly finePositive?: boolean };
    readonly answer: boolean;
  };
  readonly countAuditLooks: { readonly asked: undefined; readonly answer: number };
  readonly readCases: { readonly asked: FeedPage; readonly answer: readonly ReadEvent[] };
  readonly settledCases: { readonly asked: FeedPage; readonly answer: readonly SettledEvent[] };
  readonly forgetDrift: {
    readonly asked: { readonly programme: string; readonly read: number; readonly settled: number };
    readonly answer: undefined;
  };
  readonly loadDrift: {
    readonly asked: string;
    readonly answer: { readonly version: number; readonly state: string } | undefined;
  };
  readonly servedDrift: { readonly asked: undefined; readonly answer: readonly string[] };
  readonly saveDrift: {
    readonly asked: {
      readonly programme: string;
      readonly version: number;
      readonly state: string;
      readonly served: string;
      readonly incidents: readonly Incident[];
      readonly events: readonly IncidentEvent[];
      readonly lease: Lease;
    };
    readonly answer: boolean;
  };
  readonly listIncidents: {
    readonly asked: { readonly programme: string | undefined; readonly limit: number };
    readonly answer: readonly string[];
  };
  readonly findIncident: {
    readonly asked: string;
    readonly answer: { readonly incident: string; readonly events: readonly IncidentEvent[] } | undefined;
  };
}
