import { createHash } from "node:crypto";
import * as z from "zod";
import { RegistryError } from "./registry-error.ts";

/** What the first event is chained to. */
export const firstPrevious = "0".repeat(64);

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const programmeId = z.string().regex(/^[a-z][a-z0-9-]*$/);
const packSchema = z.strictObject({ id: z.string().regex(/^[a-z0-9-]+\/[a-z0-9-]+$/), digest: sha256 });
const wordsMax = 2000;
const words = z.string().min(1).max(wordsMax);

/** A release is promoted whole: two readers and the band that was proved on exactly these two. */
export const packsSchema = z.strictObject({ fast: packSchema, fine: packSchema, cascade: packSchema });
export type ReleasePacks = z.infer<typeof packsSchema>;

export const lineageSchema = z.strictObject({
  /** SHA-256 of the manifest of the training images. */
  dataSha256: sha256,
  /** Commit or version of the code that trained it. */
  codeVersion: words,
  /** Digest of the release it was trained from or instead of. */
  parent: sha256.nullable(),
  recipe: words,
});
export type Lineage = z.infer<typeof lineageSchema>;

export const releaseStates = ["candidate", "shadow", "active", "retired"] as const;
export type ReleaseState = (typeof releaseStates)[number];

const evidenceSchema = z.record(z.string().max(100), z.union([z.string().max(wordsMax), z.number(), z.boolean()]));
export type Evidence = z.infer<typeof evidenceSchema>;

const common = {
  seq: z.int().positive(),
  /** RFC 3339 in UTC with milliseconds. Order is by `seq`: clocks step. */
  at: z.iso.datetime(),
  actor: z.string().min(1).max(200),
};
/** What ties an event to its place: SHA-256 of the line before, and of this event without its hash. */
const chained = { reason: words, evidence: evidenceSchema, previous: sha256, hash: sha256 };

const registeredSchema = z.strictObject({
  ...common,
  type: z.literal("registered"),
  programme: programmeId,
  digest: sha256,
  packs: packsSchema,
  lineage: lineageSchema,
  ...chained,
});
const stateChangedSchema = z.strictObject({
  ...common,
  type: z.literal("state-changed"),
  programme: programmeId,
  digest: sha256,
  from: z.enum(releaseStates),
  to: z.enum(releaseStates),
  /** The release that was active and is retired by this same event, so that no crash can leave two or none. */
  displaced: sha256.nullable(),
  ...chained,
});
const eventSchema = z.discriminatedUnion("type", [registeredSchema, stateChangedSchema]);
export type RegistryEvent = z.infer<typeof eventSchema>;

type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
/** An event before it has a place in the chain. */
export type RegistryDraft = Without<RegistryEvent, "seq" | "at" | "previous" | "hash">;

/** Names a release by its content: the same packs for the same programme are the same release. */
export function releaseDigest(programme: string, { fast, fine, cascade }: ReleasePacks): string {
  return sha256Of(JSON.stringify([programme, fast.id, fast.digest, fine.id, fine.digest, cascade.id, cascade.digest]));
}

export const sha256Of = (data: string | Uint8Array): string => createHash("sha256").update(data).digest("hex");

/** The line of an event, without its newline. */
export function lineOf(draft: RegistryDraft, place: { seq: number; at: string; previous: string }): string {
  const unsigned = { ...draft, ...place };
  // The schema gives the order of the fields: what is read is compared with what would be written.
  const { hash: _, ...ordered } = parseShape({ ...unsigned, hash: firstPrevious });
  return JSON.stringify({ ...ordered, hash: sha256Of(JSON.stringify(ordered)) });
}

/**
 * Reads one line and checks its place.
 * @throws {RegistryError} registry-broken, with the number of the line
 */
export function readLine(text: string, line: number, previous: string): RegistryEvent {
  const broken = (why: string): RegistryError =>
    new RegistryError("registry-broken", `line ${line} of the registry ${why}`, { line });
  let event: RegistryEvent;
  try {
    event = parseShape(JSON.parse(text));
  } catch {
    throw broken("is not an event");
  }
  const { hash, ...unsigned } = event;
  if (event.seq !== line) throw broken(`has the number ${event.seq}`);
  if (event.previous !== previous) throw broken("does not follow from the line before it");
  if (hash !== sha256Of(JSON.stringify(unsigned))) throw broken("was altered");
  // Other bytes may mean the same JSON; they are not the bytes that were written.
  if (text !== JSON.stringify(event)) throw broken("was altered");
  return event;
}

/** Zod writes fields in the order of the schema, whatever order they came in. */
const parseShape = (value: unknown): RegistryEvent => eventSchema.parse(value);
