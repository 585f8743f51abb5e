import { randomUUID } from "node:crypto";
import type { Lease, LeaseStore } from "../../src/contracts/index.ts";

const leaseMs = 60_000;

/** A lease that nobody else wants, to write under. */
export async function heldLease({ leases }: { readonly leases: LeaseStore }): Promise<Lease> {
  const lease = await leases.takeLease(`test-${randomUUID()}`, "test", leaseMs);
  if (lease === undefined) throw new Error("a lease of a new name is free");
  return lease;
}
