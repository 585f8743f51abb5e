import { type CaseRecord, type CaseStore, type IdempotencyClaim, isProblem, Problem } from "../contracts/index.ts";

interface Running {
  readonly fingerprint: string;
  readonly record: Promise<CaseRecord>;
}

/**
 * Posts with one idempotency key end in one case: one that runs is joined, one that is recorded is answered again.
 * Only success is remembered; after a failure the next post with the key is a new attempt. Holds one entry for each
 * keyed request that is open, so it is bounded by the number of connections.
 */
export class OncePerKey {
  readonly #running = new Map<string, Running>();
  readonly #cases: Pick<CaseStore, "findClaimed">;

  constructor(cases: Pick<CaseStore, "findClaimed">) {
    this.#cases = cases;
  }

  /**
   * @param signal of the caller: it stops waiting when it is aborted; what it joined goes on
   * @throws {Problem} idempotency-key-reused, and whatever `work` fails with
   */
  async run(claim: IdempotencyClaim, signal: AbortSignal, work: () => Promise<CaseRecord>): Promise<CaseRecord> {
    for (;;) {
      signal.throwIfAborted();
      const running = this.#running.get(claim.key);
      if (running === undefined) return this.#lead(claim, work);
      if (running.fingerprint !== claim.fingerprint)
        throw new Problem("idempotency-key-reused", {
          detail: "A post with this Idempotency-Key and other content is running.",
        });
      try {
        return await running.record;
      } catch (error) {
        // The one that was joined hung up; that is no reason for this one to fail.
        if (!isProblem(error) || error.code !== "client-closed-request") throw error;
      }
    }
  }

  async #lead(claim: IdempotencyClaim, work: () => Promise<CaseRecord>): Promise<CaseRecord> {
    const record = this.#cases.findClaimed(claim).then((found) => found ?? work());
    const mine: Running = { fingerprint: claim.fingerprint, record };
    this.#running.set(claim.key, mine);
    try {
      return await record;
    } finally {
      if (this.#running.get(claim.key) === mine) this.#running.delete(claim.key);
    }
  }
}
