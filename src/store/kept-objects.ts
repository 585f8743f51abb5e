import type { ObjectStore } from "../contracts/index.ts";

/** Images as a server keeps them: what requests need, and what the sweep and readiness need. */
export interface KeptObjects extends ObjectStore {
  /** Why nothing can be kept now, for an operator; undefined when it can. */
  readonly failure: string | undefined;
  /** Names of what has not been put for `ageMs`, some at a time. */
  untouched(ageMs: number): AsyncIterable<readonly string[]>;
  /**
   * Deletes an object unless it was put again within `ageMs`.
   * @returns whether it is gone
   */
  removeUntouched(sha256: string, ageMs: number): Promise<boolean>;
  close(): Promise<void>;
}

/** SHA-256 in lower-case hex. */
export const isObjectName = (name: string): boolean => /^[0-9a-f]{64}$/.test(name);
