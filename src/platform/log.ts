import { destination, type Logger, pino } from "pino";

export type Log = Logger;

/**
 * JSON lines on stderr, without transport threads: an inference process has no thread to spare for logs.
 * Stdout stays free for results, so `fovea predict --json` can be piped.
 */
export function createLog(level: string, name: string): Log {
  return pino(
    {
      name,
      level,
      // Names of patients, keys and images never reach a log line, even by accident.
      redact: { paths: ["*.patientId", "*.externalId", "*.authorization", "*.apiKey", "*.bytes"], remove: true },
    },
    destination({ fd: 2, sync: false }),
  );
}
