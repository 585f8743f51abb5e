// What GET /v1/ops answers, as far as the page shows it.

export interface CountedInfo {
  readonly value: number | null;
  readonly n: number;
}

export interface NamedInfo {
  readonly name: string;
  readonly n: number;
}

export interface FilledInfo {
  readonly used: number | null;
  readonly limit: number;
}

export interface OpsBatchInfo {
  readonly id: string;
  readonly programme: string;
  readonly state: string;
  readonly counts: Readonly<Record<"total" | "queued" | "leased" | "done" | "failed" | "dead" | "cancelled", number>>;
  readonly itemsPerSecond?: number;
  readonly secondsLeft?: number;
}

export interface QueueInfo {
  readonly queue: string;
  readonly width: number;
  readonly usualWidth: number;
  readonly widthMax: number;
  readonly order?: {
    readonly paused: boolean;
    readonly width: number | null;
    readonly reason: string;
    readonly by: string;
    readonly at: string;
  };
}

export interface AuditInfo {
  readonly intact: boolean;
  readonly entries: number;
  readonly fault?: { readonly seq: number; readonly reason: string };
  readonly at: string;
}

export interface OpsInfo {
  readonly at: string;
  readonly version: string;
  readonly seconds: number;
  readonly grafana: string | null;
  readonly ready: { readonly ready: boolean; readonly reason?: string };
  readonly engine: {
    readonly state: string;
    readonly reason?: string;
    readonly workers?: number;
    readonly busyWorkers?: number;
    readonly restarts?: number;
  };
  readonly models: readonly {
    readonly programme: string;
    readonly title: string;
    readonly certified?: boolean;
    readonly missing?: string;
    readonly readers: readonly { readonly reader: string; readonly pack: string; readonly digest: string }[];
  }[];
  readonly nodes: readonly {
    readonly name: string;
    readonly local: boolean;
    readonly state: string;
    readonly slots: number;
    readonly openItems: number;
    readonly creditItems: number;
    readonly silentS?: number;
  }[];
  readonly gateways?: readonly { readonly name: string; readonly here: boolean; readonly leads: readonly string[] }[];
  readonly queues: {
    readonly lanes: readonly { readonly lane: string; readonly items: number | null; readonly waitP95S: CountedInfo }[];
    readonly items: FilledInfo;
    readonly bytes: FilledInfo;
    readonly uploadBytes: FilledInfo;
  };
  readonly background: readonly QueueInfo[];
  readonly requests: {
    readonly n: number;
    readonly failed: number;
    readonly shed: readonly NamedInfo[];
    readonly retryAfterP50S: CountedInfo;
    readonly cancelled: number;
    readonly codes: readonly NamedInfo[];
  };
  readonly cases: {
    readonly accepted: number;
    readonly settled: readonly NamedInfo[];
    readonly p50S: CountedInfo;
    readonly p95S: CountedInfo;
    readonly p99S: CountedInfo;
    readonly stages: readonly { readonly stage: string; readonly p95S: CountedInfo }[];
    readonly toPerson: CountedInfo;
    readonly ungradable: CountedInfo;
    readonly escalated: CountedInfo;
    readonly agreed: CountedInfo;
    readonly pending: number;
  };
  readonly backlog?: {
    readonly batches: number;
    readonly queued: number;
    readonly leased: number;
    readonly oldestS?: number;
  };
  readonly batches?: readonly OpsBatchInfo[];
  readonly audit: AuditInfo | null;
}

export interface SettingInfo {
  readonly name: string;
  readonly value: string | number | boolean | null;
  readonly isDefault: boolean;
}
