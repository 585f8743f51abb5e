/** One message as a subscriber sees it. */
export interface BusMessage {
  readonly subject: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: Uint8Array;
  /** Answers a request; does nothing for what nobody waits for. */
  respond(payload: Uint8Array): void;
}

/**
 * How a request ended on the bus. `nobody`: no subscriber, known at once. `late`: no answer within the time. `down`: the
 * bus is not there, and the request was not sent.
 */
export type BusReply =
  | { readonly kind: "reply"; readonly payload: Uint8Array }
  | { readonly kind: "nobody" | "late" | "down" };

/** A service that others can find by asking the bus. */
export interface BusService {
  readonly name: string;
  readonly version: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly subject: string;
  /** Numbers for whoever asks, JSON. */
  readonly stats: () => object;
  readonly answer: (message: BusMessage) => void;
}

/** What messages travel on. At most once: who sends owns deadline and retry. Nothing is kept while it is down. */
export interface Bus {
  connected(): boolean;
  /** Most bytes of headers and payload in one message. */
  messageBytesMax(): number;
  request(
    subject: string,
    headers: Readonly<Record<string, string>>,
    payload: Uint8Array,
    timeoutMs: number,
  ): Promise<BusReply>;
  /** Dropped while the bus is down. */
  publish(subject: string, payload: Uint8Array): void;
  /** Held over disconnections. @returns what ends it */
  subscribe(subject: string, handle: (message: BusMessage) => void): () => void;
  /** @returns what ends it once every message that had arrived was handed over */
  serve(service: BusService): () => Promise<void>;
  /** Told of each change. */
  onChange(tell: (connected: boolean) => void): void;
}

/**
 * Images too large for one message: put there by the asking side, fetched by the node under their SHA-256. They go away
 * by themselves.
 */
export interface ImageExchange {
  /** @throws {Error} when they cannot be put */
  put(sha256: string, bytes: Uint8Array): Promise<void>;
  /** @returns the bytes, not yet verified; undefined when they are not there or more than `bytesMax` */
  get(sha256: string, bytesMax: number): Promise<Uint8Array | undefined>;
}
