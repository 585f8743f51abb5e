import type { DrawnTokens, Lease, StandingLease, TokenDraw } from "../contracts/index.ts";

// What is asked of the record thread about leases, the tokens that gateways share, and answers that are kept.

export interface LeaseCalls {
  readonly takeLease: {
    readonly asked: { readonly name: string; readonly holder: string; readonly leaseMs: number };
    readonly answer: Lease | undefined;
  };
  readonly renewLease: {
    readonly asked: { readonly lease: Lease; readonly leaseMs: number };
    readonly answer: boolean;
  };
  readonly releaseLease: { readonly asked: Lease; readonly answer: undefined };
  readonly standingLeases: { readonly asked: undefined; readonly answer: readonly StandingLease[] };
  readonly drawTokens: {
    readonly asked: readonly TokenDraw[];
    readonly answer: { readonly drawn: readonly DrawnTokens[]; readonly gateways: number };
  };
  readonly keepResults: {
    readonly asked: { readonly id: string; readonly json: string; readonly days: number };
    readonly answer: undefined;
  };
  readonly getResults: { readonly asked: string; readonly answer: string | undefined };
  /**
   * Forgets kept answers past their time, buckets that are full again, and gateways that are gone; undefined: nothing, as
   * the lease is over.
   */
  readonly forgetSpent: { readonly asked: Lease; readonly answer: number | undefined };
}
