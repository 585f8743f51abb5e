import { fsyncSync } from "node:fs";
import { PGlite } from "@electric-sql/pglite";
import { NodeFS } from "@electric-sql/pglite/nodefs";

type Initialise = NodeFS["init"];
/** What Emscripten calls for `fsync`; its own file system for Node leaves it out. */
interface NodeFiles {
  readonly NODEFS: { readonly stream_ops: { fsync?: (stream: { readonly nfd: number }) => number } };
}

/**
 * PGlite's files on disk, with a real `fsync`. Without it a commit survives the end of the process but not a power cut,
 * because Emscripten answers every sync with success and does nothing.
 */
export class DurableFiles extends NodeFS {
  override async init(...given: Parameters<Initialise>): ReturnType<Initialise> {
    const { emscriptenOpts } = await super.init(...given);
    const preRun = [...(emscriptenOpts.preRun ?? []), giveSync] as NonNullable<typeof emscriptenOpts.preRun>;
    return { emscriptenOpts: { ...emscriptenOpts, preRun } };
  }
}

function giveSync(module: unknown): void {
  (module as NodeFiles).NODEFS.stream_ops.fsync = ({ nfd }) => {
    fsyncSync(nfd);
    return 0;
  };
}

/**
 * PGlite's own, but for `-F` (no syncs at all); `fsync` is the one way to sync that reaches our files. Its 128 MB of
 * buffers would all be resident: records are written once and rarely read.
 */
export const durableStartParams: readonly string[] = [
  ...PGlite.defaultStartParams.filter((param) => param !== "-F"),
  "-c",
  "fsync=on",
  "-c",
  "wal_sync_method=fsync",
  "-c",
  "shared_buffers=16MB",
];
