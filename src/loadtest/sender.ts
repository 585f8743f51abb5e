import { Agent, request } from "node:http";
import { Agent as TlsAgent, request as tlsRequest } from "node:https";
import type { Outcome } from "./phase.ts";

/** A request that can be sent again and again. */
export interface PreparedRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** It should be rejected. */
  readonly isBad?: boolean;
  /** How many images of an answer have a result; default: one, and the answer is not looked at. */
  readonly countImages?: (answer: string) => number;
}

export interface Reply {
  readonly outcome: Outcome;
  readonly status: number | undefined;
  readonly retryAfter: boolean;
  readonly images: number;
}

export interface SenderSettings {
  /** Origin of the server. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** After which a client hangs up, ms from sending. */
  readonly giveUpMs: number;
}

function outcomeOf(status: number): Outcome {
  if (status === 202) return "later";
  if (status >= 200 && status < 300) return "ok";
  if (status === 429 || status === 503) return "shed";
  return status >= 400 && status < 500 ? "rejected" : "failed";
}

/** Posts, each over a connection that is free or a new one: nothing waits here for another request. */
export class Sender {
  readonly #settings: SenderSettings;
  readonly #origin: { readonly hostname: string; readonly port: string };
  readonly #agent: Agent;
  readonly #request: typeof request;
  readonly #open = new Set<() => void>();

  constructor(settings: SenderSettings) {
    this.#settings = settings;
    const { protocol, hostname, port } = new URL(settings.url);
    const secure = protocol === "https:";
    this.#origin = { hostname: hostname.replace(/^\[|\]$/g, ""), port: port || (secure ? "443" : "80") };
    const reuse = { keepAlive: true, maxSockets: Number.POSITIVE_INFINITY, scheduling: "lifo" } as const;
    this.#agent = secure ? new TlsAgent(reuse) : new Agent(reuse);
    this.#request = secure ? tlsRequest : request;
  }

  get open(): number {
    return this.#open.size;
  }

  /** `ended` is called once, never before this returns. */
  post({ path, headers, body, countImages }: PreparedRequest, ended: (reply: Reply) => void): void {
    const outgoing = this.#request({
      ...this.#origin,
      method: "POST",
      path,
      agent: this.#agent,
      headers: { ...this.#settings.headers, ...headers, "content-length": body.length },
    });
    const end = (reply: Reply): void => {
      if (!this.#open.delete(leave)) return;
      clearTimeout(timer);
      ended(reply);
    };
    const hangUp = (outcome: Outcome): void => {
      end({ outcome, status: undefined, retryAfter: false, images: 0 });
      outgoing.destroy();
    };
    const leave = (): void => hangUp("left");
    const timer = setTimeout(() => hangUp("gaveUp"), this.#settings.giveUpMs);
    this.#open.add(leave);
    outgoing.on("response", (answer) => {
      const status = answer.statusCode ?? 0;
      const outcome = outcomeOf(status);
      const chunks: Buffer[] = [];
      answer.once("end", () => {
        const images = outcome !== "ok" ? 0 : (countImages?.(Buffer.concat(chunks).toString("utf8")) ?? 1);
        end({ outcome, status, retryAfter: answer.headers["retry-after"] !== undefined, images });
      });
      answer.once("error", () => hangUp("lost"));
      if (countImages === undefined) answer.resume();
      else answer.on("data", (chunk: Buffer) => chunks.push(chunk));
    });
    outgoing.on("error", () => hangUp("lost"));
    outgoing.end(body);
  }

  /** All clients hang up at once. */
  leave(): void {
    for (const each of [...this.#open]) each();
  }

  close(): void {
    this.leave();
    this.#agent.destroy();
  }
}
