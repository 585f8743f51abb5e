import type { HttpBindings } from "@hono/node-server";
import type { Context } from "hono";
import {
  type AddressOf,
  type Caller,
  createAddressOf,
  createKeyCheck,
  type KeyCheck,
  type LinkSigner,
  type RateLimiter,
} from "../access/index.ts";
import { Batches, type BatchNews, type BucketSource, type UrlRules } from "../batches/index.ts";
import type {
  AlertStore,
  AuditVerdict,
  BatchBacklog,
  BatchStore,
  CaseStore,
  DriftView,
  EyeAnalyst,
  GatewayView,
  Labels,
  News,
  NodeView,
  NotificationStore,
  Origin,
  PersonStore,
  Problem,
  Queues,
  ResultStore,
  TraceContext,
  Trainings,
} from "../contracts/index.ts";
import { ByteBudget, type IntakeLimits, limitsOf } from "../intake/index.ts";
import { AlertFeed, announceNotifications, announcePersons, People } from "../persons/index.ts";
import type { Config, Log, ProfileId } from "../platform/index.ts";
import { Heatmaps, OncePerKey, type ScreeningDeps } from "../screening/index.ts";
import { Admission, openCasesMax } from "./admission.ts";

/** What the composition root hands to the gateway. */
export interface GatewayDeps extends ScreeningDeps {
  readonly cases: Omit<CaseStore, "close">;
  /** Answers of batches that clients asked us to keep. */
  readonly results: ResultStore;
  /** Durable batches, and what they may take images from. */
  readonly batches: {
    readonly store: BatchStore;
    readonly rules: UrlRules;
    readonly bucket?: BucketSource | undefined;
    /** There is work. */
    readonly wake: () => void;
    /** Which of them have changed. */
    readonly news?: BatchNews | undefined;
    /** @throws {Problem} store-unavailable */
    readonly backlog: () => Promise<BatchBacklog>;
  };
  /** Work behind people who wait, and what is ordered of it. */
  readonly queues: Queues;
  /** Trainings that clients may start. */
  readonly trainings: Trainings;
  readonly persons: PersonStore;
  readonly notifications: NotificationStore;
  readonly alerts: AlertStore;
  /** Where alerts are also written by others than routes; default: one of its own. */
  readonly alertFeed?: AlertFeed | undefined;
  readonly config: Config;
  readonly log: Log;
  /** Whether a case would be accepted now; `reason` is for an operator. */
  readonly ready: () => { ready: boolean; reason?: string };
  /** True from the moment the process was asked to end. */
  readonly draining: () => boolean;
  /** Loads a programme's packs unless they are; false when they cannot be loaded, or not soon. */
  readonly warmUp: (programme: string) => Promise<boolean>;
  /** Engines that cases can be sent to; absent where there is only the local one. */
  readonly nodes?: (() => readonly NodeView[]) | undefined;
  /** Between this gateway and others, where they can hear each other. */
  readonly news?: News | undefined;
  /** The gateways on one database, where that can be asked. */
  readonly fleet?:
    | {
        /** By role, whether this gateway leads. */
        readonly leads: () => Readonly<Record<string, boolean>>;
        /** @throws {Problem} store-unavailable */
        readonly gateways: () => Promise<readonly GatewayView[]>;
      }
    | undefined;
  /** The audit chain as this server verified it last, and again. */
  readonly audit: {
    readonly last: () => (AuditVerdict & { readonly at: string }) | undefined;
    /** @throws {Problem} store-unavailable */
    readonly verify: () => Promise<AuditVerdict & { readonly at: string }>;
  };
  /** The drift monitor and its incidents; absent where nothing is watched. */
  readonly drift?: DriftView | undefined;
  /** What people say of cases; absent where no records are kept. */
  readonly labels?: Labels | undefined;
  /** What each caller may still do; absent where nobody is limited. */
  readonly limiter?: RateLimiter | undefined;
  /** Signs links to images. */
  readonly links: LinkSigner;
  /** Puts eye pictures into words; absent where none is configured. */
  readonly vlm?: EyeAnalyst | undefined;
  /** The folder whose images are read, where one is watched. */
  readonly watchFolder?: { look(): void } | undefined;
}

/** The dependencies with what the gateway makes of the settings once. */
export interface Serving extends GatewayDeps {
  readonly limits: IntakeLimits;
  /** Upload bytes held by all requests together. */
  readonly budget: ByteBudget;
  /** Cases of one image in work at once. */
  readonly admission: Admission;
  readonly keyCheck: KeyCheck;
  readonly addressOf: AddressOf;
  readonly once: OncePerKey;
  readonly batchIntake: Batches;
  readonly heatmaps: Heatmaps;
  readonly people: People;
  readonly alertFeed: AlertFeed;
}

export function createServing(deps: GatewayDeps): Serving {
  const { config } = deps;
  const budget = new ByteBudget(config.INFLIGHT_BYTES_MAX);
  const alertFeed = deps.alertFeed ?? new AlertFeed(deps);
  const wake = () => alertFeed.wake();
  const told = {
    persons: announcePersons(deps.persons, wake),
    notifications: announceNotifications(deps.notifications, wake),
  };
  return {
    ...deps,
    ...told,
    alertFeed,
    limits: limitsOf(config),
    budget,
    admission: new Admission(openCasesMax(config), deps.clock),
    batchIntake: new Batches({ ...deps, ...deps.batches, budget }),
    keyCheck: createKeyCheck(config),
    addressOf: createAddressOf(config.TRUSTED_PROXIES),
    once: new OncePerKey(deps.cases),
    heatmaps: new Heatmaps(deps),
    people: new People({ ...deps, ...told }),
  };
}

/** What middleware leaves for routes. Without a socket, in tests, there are no bindings: `c.env` is then undefined. */
export interface GatewayEnv {
  Bindings: Partial<HttpBindings> & {
    /** Whose clients this listener is for. */
    readonly profile?: ProfileId | undefined;
  };
  Variables: {
    requestId: string;
    /** What everything that this request sets going belongs to. */
    trace: TraceContext;
    /** Who asks, as the audit log names it. */
    actor: string;
    /** Whose limits this request counts against. */
    callers?: readonly Caller[];
    /** On the clock's monotonic time: a case's deadline counts from here. */
    startedAt: number;
    /** Aborted, with a `Problem` as its reason, when the client has gone. */
    signal: AbortSignal;
    /** Says no in the shape of whoever turned out to be meant, where the path does not tell. */
    refuse?: (c: GatewayContext, problem: Problem) => Response;
  };
}

export type GatewayContext = Context<GatewayEnv>;

export const originOf = (c: GatewayContext): Origin => ({ actor: c.get("actor"), requestId: c.get("requestId") });
