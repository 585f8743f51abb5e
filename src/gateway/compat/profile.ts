import type { Problem } from "../../contracts/index.ts";
import type { ProfileId } from "../../platform/index.ts";
import type { GatewayApp } from "../documented.ts";
import type { GatewayContext, Serving } from "../serving.ts";

export type Mount = `/p/${ProfileId}`;
export const mountOf = (id: ProfileId): Mount => `/p/${id}`;

/** A source system whose clients keep working: its endpoints, and how it says no. */
export interface Profile {
  readonly id: ProfileId;
  /** For people. */
  readonly title: string;
  /** The programme that reads its images. */
  readonly programme: string;
  /** Registers every endpoint under the mount, documented. */
  route(app: GatewayApp, serving: Serving): void;
  /** Any refusal, also of a path it does not have, in the source's shape. */
  refuse(c: GatewayContext, problem: Problem): Response;
}

/** 2026-01-01, as RFC 9745 writes it: since then there is something better. */
const deprecatedSince = "@1767225600";

/** What the answers of an old endpoint say about its successor. */
export function deprecate(c: GatewayContext, successor: string): void {
  c.header("Deprecation", deprecatedSince);
  c.header("Link", `<${successor}>; rel="successor-version"`);
}
