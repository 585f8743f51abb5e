import { type Config, ConfigError, readConfig } from "../platform/index.ts";
import { exitCodes } from "./exit-codes.ts";

/** The configuration, or undefined after its mistakes were printed and the exit code was set. */
export function configured(): Config | undefined {
  try {
    return readConfig();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`fovea cannot start, its configuration is wrong:\n`);
    for (const { key, message } of error.findings) process.stderr.write(`  ${key}: ${message}\n`);
    process.exitCode = exitCodes.config;
    return undefined;
  }
}
