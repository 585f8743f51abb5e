import type { InputNews, ReaderPack } from "../contracts/index.ts";
import type { Clock, Log } from "../platform/index.ts";
import type { Provider } from "./messages.ts";

export interface EngineOptions {
  readonly packs: readonly ReaderPack[];
  /** Digests of packs that are loaded at the first task that names them; default: none. */
  readonly later?: readonly string[];
  readonly workers: number;
  /** Default: the processor. With one that is not there the packs cannot be loaded, and `start` says so. */
  readonly provider?: Provider;
  /** Most bytes of networks that are loaded once more to read a lone image with all cores; default: none. */
  readonly wideBytesMax?: number;
  readonly queueItemsMax: number;
  readonly queueBytesMax: number;
  readonly queueSecondsMax: number;
  readonly log: Log;
  readonly name?: string;
  /** What other engines know of inputs that end processes; default: only this one's own experience. */
  readonly inputs?: InputNews | undefined;
  readonly clock?: Clock;
  /** The engine's program; another one only in tests. */
  readonly program?: URL;
}
