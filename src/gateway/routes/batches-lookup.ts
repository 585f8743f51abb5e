import { type BatchRecord, Problem } from "../../contracts/index.ts";
import type { GatewayContext } from "../serving.ts";

export const idOf = (c: GatewayContext): string => c.req.param("id") ?? "";

/** @throws {Problem} batch-unknown */
export function known(batch: BatchRecord | undefined): BatchRecord {
  if (batch === undefined) throw new Problem("batch-unknown");
  return batch;
}
