import { createHash, timingSafeEqual } from "node:crypto";
import type { Config } from "../platform/index.ts";

/** The two headers a caller may put the key into, as they arrived. */
export interface PresentedKey {
  readonly authorization?: string | undefined;
  readonly apiKey?: string | undefined;
}

/** Who the caller is, as the audit log names it; undefined when it may not go on. */
export type KeyCheck = (presented: PresentedKey) => string | undefined;

/** As much of a key's digest as tells keys apart, and nothing about the key. */
const actorDigits = 8;

/**
 * Compares digests, not keys: they have equal length, so that `timingSafeEqual` applies, and a wrong key takes as
 * long as no key.
 */
export function createKeyCheck(config: Pick<Config, "AUTH" | "API_KEY">): KeyCheck {
  if (config.AUTH === "off") return () => "loopback";
  if (config.API_KEY === undefined) throw new TypeError("AUTH=on without API_KEY: readConfig refuses that");
  const expected = digest(config.API_KEY);
  const actor = `key:${expected.toString("hex").slice(0, actorDigits)}`;
  return ({ authorization, apiKey }) =>
    timingSafeEqual(digest(apiKey ?? bearer(authorization) ?? ""), expected) ? actor : undefined;
}

const digest = (key: string): Buffer => createHash("sha256").update(key).digest();

/** The scheme is case-insensitive (RFC 9110, 11.1). */
const bearer = (authorization: string | undefined): string | undefined =>
  authorization === undefined ? undefined : /^bearer +(\S+) *$/i.exec(authorization)?.[1];
