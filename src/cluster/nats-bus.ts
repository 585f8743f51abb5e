import type { ConnectionOptions, Msg, NatsConnection, Subscription } from "nats";
import type { Log } from "../platform/index.ts";
import type { Bus, BusMessage, BusReply, BusService, ImageExchange } from "./bus.ts";
import { NatsImages } from "./nats-images.ts";
import { NatsPacks } from "./nats-packs.ts";
import type { PackExchange } from "./pack-exchange.ts";

/** Between two tries, first or again. */
const reconnectMs = 500;
const connectMsMax = 2000;
/** A server that is gone without a word is noticed within two of these. */
const pingMs = 5000;
/** Before the server has said what it takes: its default. */
const messageBytesDefault = 1024 * 1024;
const connected = "connected";

export interface NatsSettings {
  /** `nats://host:port`, separated by commas; user and password may be in it. */
  readonly url: string;
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  /** Text of a credentials file. */
  readonly credentials?: string | undefined;
  /** Shown by the server's monitor. */
  readonly name: string;
}

/** Something that lives as long as it is wanted, over all connections. */
interface Held {
  open(connection: NatsConnection): void;
}

type Nats = typeof import("nats");

/** The bus on a NATS server that may be away, at the start as well. */
export class NatsBus implements Bus {
  readonly #settings: NatsSettings;
  readonly #log: Log;
  readonly #held = new Set<Held>();
  readonly #listeners: ((isConnected: boolean) => void)[] = [];
  readonly images: ImageExchange;
  readonly packs: PackExchange;
  #nats: Nats | undefined;
  #connection: NatsConnection | undefined;
  #isConnected = false;
  #closing = false;
  #opening: Promise<void> | undefined;
  #waiting: { readonly timer: NodeJS.Timeout; readonly end: () => void } | undefined;

  constructor(settings: NatsSettings, log: Log) {
    this.#settings = settings;
    this.#log = log;
    const connection = () => (this.#isConnected ? this.#connection : undefined);
    this.images = new NatsImages(connection);
    this.packs = new NatsPacks(connection);
  }

  /** Returns at once and goes on trying. */
  start(): void {
    this.#opening = this.#open();
  }

  /** What was published goes out first. */
  async close(): Promise<void> {
    this.#closing = true;
    clearTimeout(this.#waiting?.timer);
    this.#waiting?.end();
    await this.#opening;
    const connection = this.#connection;
    if (connection === undefined) return;
    // Flushing waits for a server, which may not be there.
    await (this.#isConnected ? connection.drain() : connection.close()).catch(() => undefined);
    this.#tell(false);
  }

  connected(): boolean {
    return this.#isConnected;
  }

  messageBytesMax(): number {
    return this.#connection?.info?.max_payload ?? messageBytesDefault;
  }

  async request(
    subject: string,
    headers: Readonly<Record<string, string>>,
    payload: Uint8Array,
    timeoutMs: number,
  ): Promise<BusReply> {
    const [nats, connection] = [this.#nats, this.#connection];
    if (nats === undefined || connection === undefined || !this.#isConnected) return { kind: "down" };
    const named = nats.headers();
    for (const [name, value] of Object.entries(headers)) named.set(name, value);
    try {
      const reply = await connection.request(subject, payload, { headers: named, timeout: Math.max(1, timeoutMs) });
      return { kind: "reply", payload: reply.data };
    } catch (error) {
      const code = (error as { code?: string }).code;
      if (code === nats.ErrorCode.NoResponders) return { kind: "nobody" };
      if (code === nats.ErrorCode.Timeout) return { kind: "late" };
      this.#log.debug({ err: error }, "a request ended with the connection");
      return { kind: "down" };
    }
  }

  publish(subject: string, payload: Uint8Array): void {
    // The client would keep it for the next connection, where it would be old news.
    if (this.#isConnected) this.#connection?.publish(subject, payload);
  }

  subscribe(subject: string, handle: (message: BusMessage) => void): () => void {
    let subscription: Subscription | undefined;
    const held: Held = {
      open: (connection) => {
        subscription = connection.subscribe(subject, {
          callback: (error, message) => {
            if (error === null) handle(messageOf(message));
          },
        });
      },
    };
    this.#hold(held);
    return () => {
      this.#held.delete(held);
      subscription?.unsubscribe();
    };
  }

  serve({ name, version, metadata, subject, stats, answer }: BusService): () => Promise<void> {
    let stop = async (): Promise<void> => undefined;
    const held: Held = {
      open: (connection) => {
        const added = connection.services.add({ name, version, metadata, statsHandler: async () => stats() });
        added.then(
          (service) => {
            service.addEndpoint("predict", {
              subject,
              handler: (error, message) => {
                if (error === null) answer(messageOf(message));
              },
            });
            stop = async () => void (await service.stop());
          },
          (error: unknown) => this.#log.error({ err: error }, "the service cannot be offered"),
        );
      },
    };
    this.#hold(held);
    return async () => {
      this.#held.delete(held);
      if (this.#isConnected) await stop();
    };
  }

  onChange(tell: (isConnected: boolean) => void): void {
    this.#listeners.push(tell);
  }

  #hold(held: Held): void {
    this.#held.add(held);
    if (this.#connection !== undefined) held.open(this.#connection);
  }

  #tell(isConnected: boolean): void {
    if (this.#isConnected === isConnected) return;
    this.#isConnected = isConnected;
    for (const tell of this.#listeners) tell(isConnected);
  }

  async #open(): Promise<void> {
    this.#nats = await import("nats");
    const nats = this.#nats;
    let complained = false;
    while (!this.#closing && this.#connection === undefined) {
      try {
        this.#connection = await nats.connect(optionsOf(this.#settings, nats));
      } catch (error) {
        // Once: a server that is away for an hour is one event.
        if (!complained) this.#log.warn({ reason: (error as Error).message }, "NATS cannot be reached; trying on");
        complained = true;
        await new Promise<void>((end) => {
          this.#waiting = { timer: setTimeout(end, reconnectMs), end };
        });
      }
    }
    const connection = this.#connection;
    if (connection === undefined) return;
    for (const held of this.#held) held.open(connection);
    this.#watch(connection).catch((error: unknown) =>
      this.#log.error({ err: error }, "the bus is not watched any more"),
    );
    this.#log.info({ server: connection.getServer() }, connected);
    this.#tell(true);
  }

  async #watch(connection: NatsConnection): Promise<void> {
    for await (const { type } of connection.status()) {
      if (type === "disconnect") this.#tell(false);
      if (type === "reconnect") this.#tell(true);
    }
    this.#tell(false);
  }
}

function optionsOf({ url, user, password, credentials, name }: NatsSettings, nats: Nats): ConnectionOptions {
  const servers = url.split(",").map((each) => each.trim());
  const inUrl = new URL(servers[0] as string);
  const userName = user ?? decodeURIComponent(inUrl.username);
  const pass = password ?? decodeURIComponent(inUrl.password);
  return {
    servers: servers.map((each) => each.replace(/^(\w+:\/\/)[^@/]*@/, "$1")),
    name,
    ...(userName !== "" && { user: userName, pass }),
    ...(credentials !== undefined && { authenticator: nats.credsAuthenticator(Buffer.from(credentials)) }),
    timeout: connectMsMax,
    pingInterval: pingMs,
    reconnect: true,
    maxReconnectAttempts: -1,
    reconnectTimeWait: reconnectMs,
    // A wrong password may be mended at the server.
    ignoreAuthErrorAbort: true,
  };
}

function messageOf(message: Pick<Msg, "subject" | "headers" | "data" | "reply" | "respond">): BusMessage {
  const headers: Record<string, string> = {};
  for (const name of message.headers?.keys() ?? []) headers[name] = message.headers?.get(name) ?? "";
  return {
    subject: message.subject,
    headers,
    payload: message.data,
    respond: (payload) => void message.respond(payload),
  };
}
