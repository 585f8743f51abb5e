import { join } from "node:path";
import type { ResultStore } from "../contracts/index.ts";
import type { Config, Log } from "../platform/index.ts";
import { type DatabaseRecords, ResultFiles } from "../store/index.ts";

const sweepEveryMs = 3_600_000;

/**
 * Kept answers: in the database server, where other gateways find them as well, else as files under DATA_DIR, of which
 * those past their time are deleted from now on.
 */
export function openResults(
  config: Config,
  cases: Pick<DatabaseRecords, "resultsFor">,
  log: Log,
): ResultStore & { close(): void } {
  if (config.DATABASE_URL !== undefined) {
    const kept = cases.resultsFor(config.RESULTS_DAYS);
    return {
      keepResults: (id, json) => kept.keepResults(id, json),
      getResults: (id) => kept.getResults(id),
      close: () => undefined,
    };
  }
  const files = new ResultFiles(join(config.DATA_DIR, "results"), config.RESULTS_DAYS);
  const sweep = () =>
    files.sweep().then(
      (deleted) => deleted > 0 && log.info({ deleted }, "kept results were past their time"),
      (error: unknown) => log.warn({ err: error }, "kept results could not be swept"),
    );
  void sweep();
  const sweeping = setInterval(() => void sweep(), sweepEveryMs);
  sweeping.unref();
  return {
    keepResults: (id, json) => files.keepResults(id, json),
    getResults: (id) => files.getResults(id),
    close: () => clearInterval(sweeping),
  };
}
