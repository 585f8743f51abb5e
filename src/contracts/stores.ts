import type { CaseRecord } from "./decision.ts";
import type { AcceptedImage } from "./image.ts";

/** Where decided cases go. The first form is an append-only file; databases implement the same port. */
export interface CaseStore {
  /**
   * Resolves once the record would survive a crash of the process and the machine.
   * @throws {Problem} store-unavailable
   */
  recordCase(record: CaseRecord): Promise<void>;
  close(): Promise<void>;
}

/** Where images go, named by the SHA-256 of their bytes. Putting the same bytes twice is harmless. */
export interface ObjectStore {
  /** @throws {Problem} store-unavailable */
  putObject(image: Pick<AcceptedImage, "sha256" | "bytes">): Promise<void>;
  /** Undefined when absent; bytes that do not hash to their name are never returned. */
  getObject(sha256: string): Promise<Uint8Array | undefined>;
}
