/** As much of a WebSocket as is used here: that of a browser, of Node 22 or of the package `ws`. */
export interface AlertWebSocket {
  send(data: string): void;
  close(): void;
  addEventListener(type: "message" | "close" | "error", listener: (event: object) => void): void;
}

export type WebSocketConstructor = new (url: string) => AlertWebSocket;

/** Frames held for a reader who is slower than they come. Beyond, the socket ends: what is missed is asked for again. */
export const framesHeldMax = 1000;
/** A server from which nothing came for two of these is gone, milliseconds. */
const pulseMs = 30_000;

/** What one frame says; every one names the cursor it leads to. */
export interface Frame {
  readonly kind: string;
  readonly cursor: number;
}

/** The frames of one WebSocket, one after the other. */
export class AlertSocket {
  readonly #socket: AlertWebSocket;
  readonly #held: Frame[] = [];
  #ended = false;
  #heard = true;
  #wake: () => void = () => undefined;
  readonly #timer: ReturnType<typeof setInterval>;

  constructor(WebSocket: WebSocketConstructor, url: string) {
    const socket = new WebSocket(url);
    this.#socket = socket;
    socket.addEventListener("message", (event) => this.#take((event as { readonly data?: unknown }).data));
    socket.addEventListener("close", () => this.end());
    socket.addEventListener("error", () => this.end());
    this.#timer = setInterval(() => this.#feelPulse(), pulseMs);
  }

  /** The next frame; undefined when there will be none. For one caller at a time. */
  async next(): Promise<Frame | undefined> {
    while (this.#held.length === 0 && !this.#ended)
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    return this.#held.shift();
  }

  /** Takes no more frames; those that are held can still be read. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    clearInterval(this.#timer);
    this.#socket.close();
    this.#wake();
  }

  #take(data: unknown): void {
    if (this.#ended) return;
    this.#heard = true;
    const frame = readFrame(data);
    if (frame === undefined) this.end();
    else if (frame.kind !== "pong") this.#held.push(frame);
    if (this.#held.length >= framesHeldMax) this.end();
    this.#wake();
  }

  #feelPulse(): void {
    if (!this.#heard) this.end();
    this.#heard = false;
    try {
      this.#socket.send("ping");
    } catch {
      // Not open: the next pulse ends it.
    }
  }
}

function readFrame(data: unknown): Frame | undefined {
  try {
    const frame = JSON.parse(String(data)) as Partial<Frame>;
    return typeof frame.kind === "string" && typeof frame.cursor === "number" ? (frame as Frame) : undefined;
  } catch {
    return undefined;
  }
}
