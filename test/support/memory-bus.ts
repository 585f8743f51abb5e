import type { Bus, BusMessage, BusReply, BusService, ImageExchange } from "../../src/cluster/bus.ts";

interface Subscriber {
  readonly of: MemoryBus;
  readonly pattern: RegExp;
  readonly handle: (message: BusMessage) => void;
}

/** Everybody's bus within one process, without a server. */
export class MemoryHub {
  readonly subscribers = new Set<Subscriber>();
  readonly images = new Map<string, Uint8Array>();

  connect(messageBytes = 1024 * 1024): MemoryBus {
    return new MemoryBus(this, messageBytes);
  }
}

/** One process's end of it. */
export class MemoryBus implements Bus {
  readonly #hub: MemoryHub;
  readonly #messageBytes: number;
  readonly #listeners: ((connected: boolean) => void)[] = [];
  readonly #requests = new Set<(reply: BusReply) => void>();
  #connected = true;
  readonly images: ImageExchange;

  constructor(hub: MemoryHub, messageBytes: number) {
    this.#hub = hub;
    this.#messageBytes = messageBytes;
    this.images = {
      put: async (sha256, bytes) => void hub.images.set(sha256, bytes),
      get: async (sha256) => hub.images.get(sha256),
    };
  }

  /** What is on its way when it goes down is lost. */
  set isConnected(connected: boolean) {
    this.#connected = connected;
    if (!connected) for (const end of this.#requests) end({ kind: "down" });
    for (const tell of this.#listeners) tell(connected);
  }

  connected(): boolean {
    return this.#connected;
  }

  messageBytesMax(): number {
    return this.#messageBytes;
  }

  async request(
    subject: string,
    headers: Readonly<Record<string, string>>,
    payload: Uint8Array,
    timeoutMs: number,
  ): Promise<BusReply> {
    if (!this.#connected) return { kind: "down" };
    const listener = this.#listening(subject)[0];
    if (listener === undefined) return { kind: "nobody" };
    return new Promise((resolve) => {
      const end = (reply: BusReply) => {
        clearTimeout(timer);
        this.#requests.delete(end);
        resolve(reply);
      };
      const timer = setTimeout(end, timeoutMs, { kind: "late" });
      this.#requests.add(end);
      const respond = (answer: Uint8Array) => {
        if (listener.of.connected()) setImmediate(end, { kind: "reply", payload: answer });
      };
      setImmediate(() => listener.handle({ subject, headers, payload, respond }));
    });
  }

  publish(subject: string, payload: Uint8Array): void {
    if (!this.#connected) return;
    for (const { handle } of this.#listening(subject))
      setImmediate(handle, { subject, headers: {}, payload, respond: () => undefined });
  }

  subscribe(subject: string, handle: (message: BusMessage) => void): () => void {
    const pattern = new RegExp(`^${subject.replaceAll(".", "\\.").replace("*", "[^.]+")}$`);
    const subscriber = { of: this, pattern, handle };
    this.#hub.subscribers.add(subscriber);
    return () => this.#hub.subscribers.delete(subscriber);
  }

  serve({ subject, answer }: BusService): () => Promise<void> {
    const end = this.subscribe(subject, answer);
    return async () => end();
  }

  onChange(tell: (connected: boolean) => void): void {
    this.#listeners.push(tell);
  }

  #listening(subject: string): Subscriber[] {
    return [...this.#hub.subscribers].filter(({ of, pattern }) => of.connected() && pattern.test(subject));
  }
}
