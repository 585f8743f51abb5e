/** Why a node does not hold a pack that it was asked to hold. Closed: docs/protocol.md lists them. */
export const packFaults = [
  "object-missing",
  "object-corrupt",
  "object-stalled",
  "object-too-large",
  "bus-down",
  "cache-failed",
  "engine-not-ready",
  "manifest-invalid",
  "model-refused",
  "load-failed",
] as const;
export type PackFaultCode = (typeof packFaults)[number];

/** Asking again soon may help: what lies in the exchange, the way to it, the disk or the engine may mend. */
export const mayMend: ReadonlySet<string> = new Set<PackFaultCode>([
  "object-missing",
  "object-corrupt",
  "object-stalled",
  "bus-down",
  "cache-failed",
  "engine-not-ready",
]);

/** A pack cannot be fetched or must not be loaded; in words for an operator. */
export class PackFault extends Error {
  override readonly name = "PackFault";
  readonly code: PackFaultCode;
  /** SHA-256 of the object that is to blame. */
  readonly object: string | undefined;

  constructor(code: PackFaultCode, message: string, object?: string) {
    super(message);
    this.code = code;
    this.object = object;
  }
}

/** A pack that a node is to hold, named by the SHA-256 of its manifest. */
export interface AskedPack {
  readonly pack: string;
  /** Its id, `programme/name`: for people, and to find it on the node's own disk. It proves nothing. */
  readonly id: string;
  /** Of a fast pack: SHA-256 of its encoder's manifest. */
  readonly encoder?: string | undefined;
  /** It need not be loaded before its first task. */
  readonly later: boolean;
}

/** One file of a pack, on the disk of whoever offers it. */
export interface PackObject {
  readonly sha256: string;
  readonly bytes: number;
  readonly path: string;
}

/** A pack that nodes are asked to hold, with every file that they need for it. */
export interface PackOffer {
  readonly asked: AskedPack;
  readonly objects: readonly PackObject[];
}

/** No object is larger. A node keeps a whole one in memory while it arrives. */
export const objectBytesMax = 512 * 1024 * 1024;
/** Manifests are read before anything says how long they are. */
export const manifestBytesMax = 256 * 1024;

/** An object as it comes, not verified. */
export interface ArrivingObject {
  readonly bytes: number;
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Nobody reads on. */
  cancel(): void;
}

/** Pack files on their way from servers to nodes, each under its SHA-256. Whoever gets one verifies it. */
export interface PackExchange {
  /** Whether one of that size is there; says nothing of its content. */
  has(sha256: string, bytes: number): Promise<boolean>;
  /**
   * Puts it, in place of what is there. Where there is no room, the oldest ones go that are not kept.
   * @throws {Error} when it cannot be put
   */
  put(
    object: { readonly sha256: string; readonly bytes: number },
    chunks: AsyncIterable<Uint8Array>,
    kept: ReadonlySet<string>,
  ): Promise<void>;
  /** @returns undefined when it is not there */
  get(sha256: string): Promise<ArrivingObject | undefined>;
}
