const replyBytesMax = 4 * 1024 * 1024;

/** What the server refused, with its own code. */
export class MlflowError extends Error {
  override readonly name = "MlflowError";
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** The few calls of MLflow's REST API 2.0 that a mirror needs. @see mlflow.org/docs/latest/rest-api.html */
export class MlflowApi {
  readonly #url: string;
  readonly #signal: AbortSignal;

  constructor(url: string, signal: AbortSignal) {
    this.#url = url;
    this.#signal = signal;
  }

  get<T>(path: string, query: Readonly<Record<string, string>>): Promise<T> {
    return this.#ask<T>("GET", `mlflow/${path}?${new URLSearchParams(query)}`);
  }

  post<T>(path: string, body: object): Promise<T> {
    return this.#ask<T>("POST", `mlflow/${path}`, JSON.stringify(body), "application/json");
  }

  /** @param path below the server's artefacts, not yet encoded */
  async put(path: string, bytes: Uint8Array): Promise<void> {
    const encoded = path.split("/").map(encodeURIComponent).join("/");
    await this.#ask("PUT", `mlflow-artifacts/artifacts/${encoded}`, bytes, "application/octet-stream");
  }

  /** Undefined when the server refuses with just this code. */
  async unless<T>(code: string, ask: () => Promise<T>): Promise<T | undefined> {
    try {
      return await ask();
    } catch (error) {
      if (error instanceof MlflowError && error.code === code) return undefined;
      throw error;
    }
  }

  async #ask<T>(method: string, path: string, body?: string | Uint8Array, type?: string): Promise<T> {
    const response = await fetch(`${this.#url}/api/2.0/${path}`, {
      method,
      signal: this.#signal,
      ...(body !== undefined && { body: typeof body === "string" ? body : new Uint8Array(body) }),
      ...(type !== undefined && { headers: { "content-type": type } }),
    });
    const reply = parse(await textOf(response));
    if (response.ok && reply !== undefined) return reply as T;
    const { error_code: code, message } = (reply ?? {}) as { error_code?: unknown; message?: unknown };
    throw new MlflowError(
      typeof code === "string" ? code : `HTTP_${response.status}`,
      typeof message === "string" ? message.slice(0, 500) : `the server answered ${response.status}`,
    );
  }
}

async function textOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > replyBytesMax) throw new MlflowError("REPLY_TOO_LARGE", `more than ${replyBytesMax} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** A put is answered with nothing. */
function parse(text: string): unknown {
  if (text === "") return {};
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
