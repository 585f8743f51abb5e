import { DatasetError } from "../main/index.ts";
import { exitCodes } from "./exit-codes.ts";
import { LabelFileError } from "./labels-file.ts";
import { ServerLink, ServerRefused } from "./server-link.ts";

/** Options of every command that asks a server. */
export const serverArgs = {
  url: { type: "string", description: "The server", default: "http://127.0.0.1:8000" },
  key: { type: "string", description: "Its key; better in API_KEY, where other users do not see it" },
} as const;

interface Asking {
  /** As a person types it. */
  readonly command: string;
  /** Said when it was stopped by a key. */
  readonly stopped: string;
}

/** Asks a server until the command has ended, and says on stderr why it did not. Sets the exit code. */
export async function withServer(
  { command, stopped }: Asking,
  { url, key }: { readonly url: string; readonly key?: string | undefined },
  act: (link: ServerLink) => Promise<number>,
): Promise<void> {
  const stop = new AbortController();
  process.once("SIGINT", () => stop.abort());
  const apiKey = key || process.env["API_KEY"] || undefined;
  try {
    process.exitCode = await act(new ServerLink({ url: url.replace(/\/+$/, ""), apiKey, signal: stop.signal }));
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    process.stderr.write(stop.signal.aborted ? `${stopped}\n` : `${command}: ${words}\n`);
    process.exitCode = stop.signal.aborted ? exitCodes.interrupted : codeOf(error);
  }
}

const codeOf = (error: unknown): number =>
  error instanceof ServerRefused || error instanceof LabelFileError || error instanceof DatasetError
    ? exitCodes.data
    : exitCodes.unavailable;
