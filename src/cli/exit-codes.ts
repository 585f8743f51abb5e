/** What the exit code of every command means. */
export const exitCodes = {
  ok: 0,
  /** Some of what was asked for failed; what failed is on stderr. */
  partlyFailed: 1,
  /** The command line itself is wrong. */
  usage: 64,
  /** The data that was given cannot be used (EX_DATAERR). */
  data: 65,
  /** A dependency of the start failed: port taken, models unreadable. */
  unavailable: 69,
  /** A setting is wrong (EX_CONFIG). */
  config: 78,
  /** Stopped by Ctrl-C. */
  interrupted: 130,
} as const;
