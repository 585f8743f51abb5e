import { setTimeout as wait } from "node:timers/promises";

/** Between looks at a server, and between tries. */
const lookMs = 1000;
/** A server that restarts is waited for this long. */
const awayMsMax = 300_000;

/** What the server refused, in its words. */
export class ServerRefused extends Error {
  override readonly name = "ServerRefused";
}

/** The server did not answer, for longer than a restart takes. */
export class ServerAway extends Error {
  override readonly name = "ServerAway";
}

export interface ServerLinkSettings {
  readonly url: string;
  readonly apiKey: string | undefined;
  readonly signal: AbortSignal;
}

/** A server, as commands ask it. */
export class ServerLink {
  readonly #settings: ServerLinkSettings;

  constructor(settings: ServerLinkSettings) {
    this.#settings = settings;
  }

  /** @throws {ServerRefused} for what another try would not change; anything else may pass */
  async ask(path: string, request: RequestInit = {}): Promise<Response> {
    const { url, apiKey, signal } = this.#settings;
    const key: Record<string, string> = apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` };
    const headers = { ...key, ...(request.headers as Record<string, string> | undefined) };
    const answer = await fetch(`${url}${path}`, { ...request, headers, signal });
    if (answer.ok) return answer;
    const problem = (await answer.json().catch(() => ({}))) as { code?: string; title?: string; detail?: string };
    const words = `${problem.code ?? answer.status}: ${problem.detail ?? problem.title ?? "the server refused it"}`;
    if (answer.status >= 500 || answer.status === 429) throw new TypeError(words);
    throw new ServerRefused(words);
  }

  /** Tries again what may pass. @throws {ServerRefused} @throws {ServerAway} */
  async patiently<T>(act: () => Promise<T>): Promise<T> {
    const until = performance.now() + awayMsMax;
    for (;;) {
      try {
        return await act();
      } catch (error) {
        this.#settings.signal.throwIfAborted();
        if (error instanceof ServerRefused) throw error;
        if (performance.now() > until) throw new ServerAway(error instanceof Error ? error.message : String(error));
        await this.pause();
      }
    }
  }

  /** @throws when it was stopped meanwhile */
  async pause(): Promise<void> {
    await wait(lookMs, undefined, { signal: this.#settings.signal });
  }
}
