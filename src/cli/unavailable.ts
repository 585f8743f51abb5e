import { exitCodes } from "./exit-codes.ts";

/** The records could not be opened: says why, and what to do where a running server holds them. */
export function reportUnavailable(command: string, error: unknown): void {
  const reason = error instanceof Error ? error.message : String(error);
  const hint = error instanceof Error && error.name === "DataInUse" ? ": stop the server first" : "";
  process.stderr.write(`fovea ${command}: ${reason}${hint}\n`);
  process.exitCode = exitCodes.unavailable;
}
