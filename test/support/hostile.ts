import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";

/** One hostile upload of the set beside the project; its README says what the fields mean. */
export interface HostileCase {
  readonly id: string;
  readonly kind: "file" | "multipart" | "json" | "raw";
  readonly expect: "accept" | "reject" | "either";
  readonly file?: string;
  readonly field?: string;
  readonly filename?: string;
  readonly content_type?: string;
  readonly same_as?: string;
  readonly tolerance?: number;
  readonly not_stored?: readonly string[];
  readonly not_in_response?: readonly string[];
  readonly canary_path?: string;
  readonly close_ok?: boolean;
  readonly slow?: boolean;
  readonly max_seconds: number;
  readonly max_rss_growth_mb: number;
  readonly script?: readonly Readonly<Record<string, unknown>>[];
}

export interface HostileSet {
  readonly folder: string;
  readonly field: string;
  readonly cases: readonly HostileCase[];
}

export function readHostileSet(folder: string): HostileSet {
  const manifest = JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8")) as Omit<HostileSet, "folder">;
  return { ...manifest, folder };
}

export interface Answer {
  /** 0: the server closed the connection without an answer. */
  readonly status: number;
  readonly body: string;
}

/** Sends one case to a path, as its kind says. */
export async function send(set: HostileSet, each: HostileCase, url: string, path: string): Promise<Answer> {
  if (each.kind === "raw") return play(each, new URL(url), path);
  const bytes = new Uint8Array(readFileSync(join(set.folder, each.file as string)));
  const init: RequestInit = { method: "POST" };
  if (each.kind === "file") {
    const form = new FormData();
    form.append(each.field ?? set.field, new Blob([bytes], { type: each.content_type ?? "" }), each.filename ?? "scan");
    init.body = form;
  } else {
    init.body = bytes;
    init.headers = { "content-type": each.content_type as string };
  }
  const response = await fetch(url + path, init);
  return { status: response.status, body: await response.text() };
}

/** Plays a script on a bare socket; what the server sends meanwhile is the answer. */
async function play(each: HostileCase, { hostname, port }: URL, path: string): Promise<Answer> {
  const socket = connect(Number(port), hostname);
  let answer = "";
  socket.setEncoding("latin1");
  socket.on("data", (text: string) => {
    answer += text;
  });
  const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  socket.on("error", () => undefined);
  const write = async (bytes: Buffer | string) => {
    if (socket.destroyed || socket.write(bytes)) return;
    await Promise.race([new Promise((resolve) => socket.once("drain", resolve)), closed]);
  };
  const fill = (text: string) =>
    text
      .replaceAll("{HOST}", `${hostname}:${port}`)
      .replaceAll("{PATH}", path)
      .replaceAll("{AUTH}", "")
      .replaceAll("{FIELD}", "image");
  for (const step of each.script ?? []) {
    if (socket.destroyed) break;
    const times = (step["times"] as number | undefined) ?? 1;
    if (typeof step["send"] === "string") await write(fill(step["send"]));
    if (typeof step["send_b64"] === "string") await write(Buffer.from(step["send_b64"], "base64"));
    if (typeof step["repeat_b64"] === "string")
      for (let i = 0; i < times && !socket.destroyed; i++) await write(Buffer.from(step["repeat_b64"], "base64"));
    if (typeof step["chunk_repeat_b64"] === "string") {
      const chunk = Buffer.from(step["chunk_repeat_b64"], "base64");
      const framed = Buffer.concat([Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from("\r\n")]);
      for (let i = 0; i < times && !socket.destroyed; i++) await write(framed);
    }
    if (step["half_close"] === true) socket.end();
    if (step["read"] === true) await Promise.race([closed, answered(() => answer), deadline(each.max_seconds)]);
  }
  socket.destroy();
  await closed;
  return { status: Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0), body: answer };
}

const deadline = (seconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

async function answered(answer: () => string): Promise<void> {
  while (!answer().includes("\r\n\r\n")) await new Promise((resolve) => setTimeout(resolve, 20));
}
