import type { ReaderPack } from "../contracts/index.ts";
import type { Clock, Log } from "../platform/index.ts";
import type { Provider } from "./messages.ts";

export interface EngineOptions {
  readonly packs: readonly ReaderPack[];
  /** Digests of packs that are loaded at the first task that names them; default: none. */
  readonly later?: readonly string[];
  readonly workers: number;
  /** Default: the processor. With one that is not there the packs cannot be loaded, and `start` says so. */
  readonly provider?: Provider;
  readonly queueItemsMax: number;
  readonly queueBytesMax: number;
  readonly queueSecondsMax: number;
  readonly log: Log;
  readonly name?: string;
  readonly clock?: Clock;
  /** The engine's program; another one only in tests. */
  readonly program?: URL;
}
