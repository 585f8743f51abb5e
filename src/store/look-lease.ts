import type { LookLease } from "../contracts/index.ts";

/** Without what else a leased look carries: its case need not go to the thread again. */
export const leaseOf = ({ caseId, attempt }: LookLease): LookLease => ({ caseId, attempt });
