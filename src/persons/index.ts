export { AlertFeed } from "./alert-feed.ts";
export { announceNotifications, announcePersons } from "./announce.ts";
export { notificationShape } from "./notices.ts";
export { eyeProgramme, People, type PeopleDeps, type PersonChange, type PersonDraft } from "./people.ts";
export { WatchFolder } from "./watch-folder.ts";
export type { WatchFolderDeps } from "./watch-folder-scan.ts";
