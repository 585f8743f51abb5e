import { limitsOf } from "../intake/index.ts";
import type { PeopleDeps, WatchFolderDeps } from "../persons/index.ts";
import { People, WatchFolder } from "../persons/index.ts";
import type { Config } from "../platform/index.ts";

type Deps = PeopleDeps & Pick<WatchFolderDeps, "cases" | "log">;

/** The folder whose images are read, where the settings say that one is watched. */
export function watchedFolder(config: Config, deps: Deps): WatchFolder | undefined {
  if (!config.WATCH_FOLDER_ENABLED) return undefined;
  return new WatchFolder({ ...deps, config, limits: limitsOf(config), people: new People(deps) });
}
