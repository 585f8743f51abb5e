/** The right to do alone what one of several gateways does. `token` is the fence: each later holder has a higher one. */
export interface Lease {
  readonly name: string;
  readonly token: number;
}

/** A lease that nobody can have taken yet, as its holder's own clock says: asked before each act that no fence guards. */
export interface HeldLease extends Lease {
  held(): boolean;
}

/** A lease as it stands. */
export interface StandingLease extends Lease {
  /** For people: what tells holders apart is the token. */
  readonly holder: string;
  /** Until it is over, ms. */
  readonly leftMs: number;
}

/** The right to settle a look until the lease is over. `attempt` is the fence: a later lease has a higher one. */
export interface LookLease {
  readonly caseId: string;
  readonly attempt: number;
}

/**
 * Leases in the database, for which its row is the truth; time is the database's own.
 * Every method can fail with the problem store-unavailable.
 */
export interface LeaseStore {
  /** @returns the lease, with a token of its own, or undefined while somebody else holds it */
  takeLease(name: string, holder: string, leaseMs: number): Promise<Lease | undefined>;
  /** @returns false when it was over, or is somebody else's: it does not come back */
  renewLease(lease: Lease, leaseMs: number): Promise<boolean>;
  /** Whoever waits for it may take it now. Nothing happens when it is somebody else's. */
  releaseLease(lease: Lease): Promise<void>;
  /** All that are held, by name. */
  standingLeases(): Promise<readonly StandingLease[]>;
}

/** What one gateway wants of a bucket that all of them draw from. */
export interface TokenDraw {
  readonly bucket: string;
  /** Most tokens that it holds. */
  readonly capacity: number;
  readonly perS: number;
  /** Spent already: taken whether they are there or not. */
  readonly owed: number;
  /** Taken as far as they are there. */
  readonly wanted: number;
}

export interface DrawnTokens {
  readonly granted: number;
  /** What is there for others; below 0 the bucket owes. */
  readonly left: number;
}

/** Buckets of tokens that fill by themselves, shared by all gateways on one database. */
export interface TokenPool {
  /**
   * @param draws each bucket once
   * @returns what each of them got, in their order, and how many gateways there are
   * @throws {Problem} store-unavailable
   */
  drawTokens(
    draws: readonly TokenDraw[],
  ): Promise<{ readonly drawn: readonly DrawnTokens[]; readonly gateways: number }>;
}

/** Each gateway holds the lease of this prefix and its own name: so it is counted. */
export const gatewayLeases = "gateway/";
