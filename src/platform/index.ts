export { type Clock, systemClock } from "./clock.ts";
export {
  type Config,
  ConfigError,
  childEnvironment,
  isLoopback,
  type ProfileId,
  readConfig,
  settings,
} from "./config.ts";
export { newCaseId, newRequestId } from "./ids.ts";
export { inSpan } from "./in-span.ts";
export { createLog, type Log } from "./log.ts";
export { createMetrics, createNodeMetrics, type Metrics, type NodeMetrics } from "./metrics.ts";
export { shownSettings } from "./shown-settings.ts";
export { syncFolder } from "./sync-folder.ts";
export { newTrace, readTraceContext, traceparentOf } from "./trace-context.ts";
export { readPairs } from "./trace-settings.ts";
export { version } from "./version.ts";
