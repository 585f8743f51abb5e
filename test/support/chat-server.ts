import { EventEmitter, once } from "node:events";
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What came over the wire. */
export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** Undefined for a GET. */
  readonly body: unknown;
}

export type ChatAnswer = (response: ServerResponse, request: Received) => void;

/** A real HTTP server that speaks as much of the OpenAI-compatible API as a reader asks of it. */
export interface ChatServer {
  /** With `/v1`. */
  readonly url: string;
  readonly host: string;
  readonly received: Received[];
  /** Posts among them. */
  readonly questions: readonly Received[];
  /** Names in the list of models, or another answer to it. */
  models: readonly string[] | ChatAnswer;
  /** Answers to the next posts, in order; the last one stays. */
  script(...answers: readonly [ChatAnswer, ...ChatAnswer[]]): void;
  /** Resolves when so many requests have come, since the start. */
  arrived(count: number): Promise<void>;
  /** Resolves when so many connections have been closed before their answer. */
  givenUp(count: number): Promise<void>;
  close(): Promise<void>;
}

/** Any status with any body. */
export const replies =
  (status: number, body: string, headers: Readonly<Record<string, string>> = {}): ChatAnswer =>
  (response) => {
    response.writeHead(status, { "content-type": "application/json", ...headers }).end(body);
  };

/** A chat completion with this text. */
export const says = (content: string, change: object = {}): ChatAnswer =>
  replies(
    200,
    JSON.stringify({
      id: "chatcmpl-1",
      object: "chat.completion",
      model: "any",
      choices: [{ index: 0, message: { role: "assistant", content }, finish_reason: "stop", ...change }],
      usage: { prompt_tokens: 900, completion_tokens: 120, total_tokens: 1020 },
    }),
  );

/** Never answers. */
export const keepsSilent: ChatAnswer = () => undefined;

/** Closes the connection, before a byte or in the middle of the body. */
export const hangsUp: ChatAnswer = (response) => response.socket?.destroy();
export const breaksOff: ChatAnswer = (response) => {
  response.writeHead(200, { "content-type": "application/json", "content-length": "1000" });
  response.write('{"choices":', () => response.socket?.destroy());
};

export async function startChatServer(port = 0): Promise<ChatServer> {
  const events = new EventEmitter();
  const received: Received[] = [];
  let answers: ChatAnswer[] = [replies(500, "{}")];
  let abandoned = 0;
  const server = createServer((request, response) => {
    response.on("close", () => {
      if (response.writableFinished) return;
      abandoned++;
      events.emit("abandoned");
    });
    void read(request).then((each) => {
      received.push(each);
      if (each.path === "/v1/models") listModels(response, each);
      else (answers.length > 1 ? answers.shift() : answers[0])?.(response, each);
      events.emit("arrived");
    });
  });
  const listModels: ChatAnswer = (response, request) => {
    const { models } = chat;
    const list = typeof models === "function" ? models : replies(200, listOf(models));
    list(response, request);
  };
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const chat: ChatServer = {
    url: `http://${host}/v1`,
    host,
    received,
    get questions() {
      return received.filter(({ method }) => method === "POST");
    },
    models: ["eye-7b"],
    script: (...next) => {
      answers = [...next];
    },
    arrived: async (count) => {
      while (received.length < count) await once(events, "arrived");
    },
    givenUp: async (count) => {
      while (abandoned < count) await once(events, "abandoned");
    },
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
  return chat;
}

const listOf = (models: readonly string[]): string =>
  JSON.stringify({ object: "list", data: models.map((id) => ({ id, object: "model", owned_by: "test" })) });

async function read(request: IncomingMessage): Promise<Received> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of request) chunks.push(chunk as Uint8Array);
  const text = Buffer.concat(chunks).toString("utf8");
  const { method = "", url = "", headers } = request;
  return { method, path: url, headers, body: text === "" ? undefined : JSON.parse(text) };
}
