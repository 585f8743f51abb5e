import type { PeopleDeps, WatchFolderDeps } from "../persons/index.ts";
import { People, WatchFolder } from "../persons/index.ts";
import type { Config } from "../platform/index.ts";

type Deps = PeopleDeps & Pick<WatchFolderDeps, "cases" | "log">;

/** The folder whose images are read, where the settings say that one is watched. */
export function watchedFolder(config: Config, deps: Deps): WatchFolder | undefined {
  if (!config.WATCH_FOLDER_ENABLED) return undefined;
  const limits = {
    imageBytesMax: config.IMAGE_BYTES_MAX,
    imagePixelsMax: config.IMAGE_PIXELS_MAX,
    batchBytesMax: config.BATCH_BYTES_MAX,
    batchImagesMax: config.BATCH_IMAGES_MAX,
  };
  return new WatchFolder({ ...deps, config, limits, people: new People(deps) });
}
