import type { LookLease, Origin, SecondLookAsk } from "../contracts/index.ts";

// What is asked of the record thread about second looks. Cases travel as JSON text, as everywhere.

export interface StoredSecondLook extends LookLease {
  readonly record: string;
  readonly release: string;
  readonly outOfDomain: boolean;
  readonly age: number;
}

export interface SecondLookCalls {
  readonly leaseSecondLooks: { readonly asked: SecondLookAsk; readonly answer: readonly StoredSecondLook[] };
  readonly releaseSecondLook: {
    readonly asked: { readonly lease: LookLease; readonly afterMs: number };
    readonly answer: undefined;
  };
  readonly settleSecondLook: {
    readonly asked: {
      readonly record: string;
      readonly origin: Origin;
      readonly lease: LookLease;
      readonly at: string;
      readonly finePositive?: boolean;
    };
    readonly answer: boolean;
  };
  readonly countPending: { readonly asked: undefined; readonly answer: number };
}
