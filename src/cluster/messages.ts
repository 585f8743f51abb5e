import * as z from "zod";
import { lanes } from "../contracts/index.ts";

// The messages of docs/protocol.md. Members that are not named here are ignored, so that a newer side can say more.

export const protocol = 1;

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const milliseconds = z.number().min(0);
const count = z.int().min(0);

/** A node's name is a word of a NATS subject. */
const nodeName = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/);
const providers = ["cpu", "cuda"] as const;
export type Provider = (typeof providers)[number];
export const packsMax = 8;

/** Headers of a request; the payload is the image file, or nothing where `Fovea-Image` says `object`. */
export const requestHeadersSchema = z.object({
  "Fovea-Task": z.string().min(1).max(128),
  "Fovea-Packs": z.string().regex(/^([0-9a-f]{64}(,[0-9a-f]{64}){0,7})?$/),
  "Fovea-Lane": z.enum(lanes),
  "Fovea-Remaining-Ms": z.string().regex(/^\d{1,9}$/),
  "Fovea-Image": z.enum(["payload", "object"]),
  "Fovea-Sha256": sha256,
  "Fovea-Bytes": z.string().regex(/^\d{1,10}$/),
  "Fovea-Media-Type": z.enum(["image/jpeg", "image/png", "image/webp", "image/tiff", "image/bmp"]),
  "Fovea-Width": z.string().regex(/^\d{1,6}$/),
  "Fovea-Height": z.string().regex(/^\d{1,6}$/),
  "Fovea-Maps": z.literal("1").optional(),
  "Fovea-Suspect": z.literal("1").optional(),
  /** One that breaks the rules of W3C trace context counts for nothing: no image goes unread over it. */
  traceparent: z.string().optional(),
  tracestate: z.string().optional(),
});
export type RequestHeaders = z.infer<typeof requestHeadersSchema>;

const mapSchema = z.object({ width: count, height: count, values: z.array(z.number()) });
const readingSchema = z.object({
  reader: z.enum(["fast", "fine"]),
  pack: sha256,
  scores: z.array(z.number()).min(1),
  similarity: z.number().optional(),
  place: z.array(z.number()).max(64).optional(),
  maps: z.array(mapSchema).optional(),
  computeMs: milliseconds,
});
/** JSON has no NaN: a measure that was not taken is null. */
const measure = z.number().nullable();
const resultSchema = z.object({
  readings: z.array(readingSchema).min(1),
  quality: z.object({ luminance: measure, contrast: measure, sharpness: measure }),
  worker: z.string(),
  queueMs: milliseconds,
  decodeMs: milliseconds,
  batchSize: z.int().min(1),
});
const problemSchema = z.object({
  /** One of docs/problems.md; another one counts as `inference-failed`. */
  code: z.string(),
  detail: z.string().optional(),
  retryAfterS: z.number().min(0).optional(),
});

export const replySchema = z.union([z.object({ result: resultSchema }), z.object({ problem: problemSchema })]);
export type Reply = z.infer<typeof replySchema>;

export const cancelSchema = z.object({ task: z.string().min(1).max(128) });
export const warmSchema = z.object({ packs: z.array(sha256).max(64) });

/** Images in one message: more than any engine reads at once. */
const inputsMax = 1024;
/** What an engine found out about images that may end processes. */
export const inputsSchema = z.object({
  /** Of the engine; another one after each start. */
  by: z.string().min(1).max(64),
  kind: z.enum(["suspected", "cleared", "quarantined"]),
  inputs: z.array(sha256).min(1).max(inputsMax),
});

/** Most packs that a server may ask one node to hold. */
export const heldPacksMax = 256;
const packId = z.string().regex(/^[a-z0-9-]+\/[a-z0-9-]+$/);
export const holdSchema = z.object({
  /** Another one after each start of the server; a later message of the same one takes the place of the one before. */
  server: z.string().min(1).max(64),
  packs: z
    .array(
      z.object({
        pack: sha256,
        id: packId,
        /** Of a fast pack: SHA-256 of its encoder's manifest. */
        encoder: sha256.optional(),
        /** It need not be loaded before its first task. */
        later: z.boolean(),
      }),
    )
    .max(heldPacksMax),
});
export type Hold = z.infer<typeof holdSchema>;

export const nodeStates = ["starting", "ready", "draining"] as const;

export const heartbeatSchema = z.object({
  protocol: z.literal(protocol),
  node: nodeName,
  /** Another one after each start: what an earlier process of that name held is lost. */
  incarnation: z.string().min(1).max(64),
  /** Rises by one; an older one that arrives late says nothing. */
  seq: count,
  state: z.enum(nodeStates),
  version: z.string(),
  /** Packs that are loaded and warm, by digest. */
  packs: z.array(sha256).max(heldPacksMax),
  /** Packs that it would load at their first task. */
  later: z.array(sha256).max(heldPacksMax),
  /** It does what `hold` asks for. */
  takesPacks: z.boolean().optional(),
  /** Packs that it was asked to hold and is fetching or loading. */
  loading: z.array(sha256).max(heldPacksMax).optional(),
  /** Packs that it was asked to hold and cannot; it tries again by itself. */
  failed: z
    .array(
      z.object({
        pack: sha256,
        /** One of those in docs/protocol.md. */
        code: z.string().max(64),
        detail: z.string().max(300),
        /** The object to blame: another server may put it again. */
        object: sha256.optional(),
      }),
    )
    .max(heldPacksMax)
    .optional(),
  /** Pack files that it refused since its start, because they were not what their digest says or no model to load. */
  refused: count.optional(),
  /** What its sessions run on. */
  provider: z.enum(providers),
  /** Images that it reads at the same time. */
  slots: z.int().min(1),
  /** Most that one asking side may have open here. */
  credit: z.object({ items: z.int().min(1), bytes: z.int().min(1) }),
  /** Images that it was asked for by anybody and has not answered. */
  load: count,
  /** As measured there: the n-th open image is answered after `fixedMs + itemMs * n`. */
  costs: z.array(z.object({ packs: z.array(sha256), fixedMs: milliseconds, itemMs: milliseconds })).max(64),
});
export type Heartbeat = z.infer<typeof heartbeatSchema>;

/** The schemas of docs/protocol, by file name. */
export const protocolSchemas = {
  "request-headers": requestHeadersSchema,
  reply: replySchema,
  cancel: cancelSchema,
  warm: warmSchema,
  hold: holdSchema,
  inputs: inputsSchema,
  heartbeat: heartbeatSchema,
} as const;

const root = `fovea.v${protocol}`;
export const subjects = {
  predict: (node: string): string => `${root}.predict.${node}`,
  cancel: (node: string): string => `${root}.cancel.${node}`,
  heartbeat: (node: string): string => `${root}.heartbeat.${node}`,
  heartbeats: `${root}.heartbeat.*`,
  /** Load these packs if you have them. */
  warm: `${root}.warm`,
  /** Hold these packs, and fetch them if you do not have them. */
  hold: (node: string): string => `${root}.hold.${node}`,
  /** What engines found out about images. */
  inputs: `${root}.inputs`,
  /** Every node says where it is at once. */
  hello: `${root}.hello`,
} as const;
