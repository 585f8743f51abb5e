export { AlertFeed } from "./alert-feed.ts";
export { analysisOf, isAbnormal, notificationTypeOf, severityOf } from "./analysis-of.ts";
export { announceNotifications, announcePersons } from "./announce.ts";
export { type Described, describe } from "./join-words.ts";
export { abnormalScanAlert, type NotificationShape, notificationAlert, notificationShape } from "./notices.ts";
export { eyeProgramme, People, type PeopleDeps, type PersonChange, type PersonDraft } from "./people.ts";
export { severityOfFinding } from "./programme-words.ts";
export { WatchFolder } from "./watch-folder.ts";
export type { WatchFolderDeps } from "./watch-folder-scan.ts";
