import type { Failure } from "./retry.ts";

/** What a person at a clinic is told: what happened, and what to do. */
export interface RefusalWords {
  readonly what: string;
  readonly advice: string;
}

const tellOperator = "Tell whoever runs this server; the case can be sent again later.";
const later = "Wait a little, then send it again.";
const exportAgain = "Open it on your computer to check it, then export it from the camera again.";
const pageFault =
  "This page and the server do not fit together. Reload the page; if it stays, tell whoever runs this server.";

/** Every code of the table of problems, and two of this page's own. A test holds it against the table. */
export const refusalWords: Readonly<Record<string, RefusalWords>> = {
  "image-too-large": { what: "This file is too large", advice: "Export the picture again at a smaller size." },
  "body-too-large": { what: "This file is too large", advice: "Export the picture again at a smaller size." },
  "image-type-unsupported": { what: "This is not a picture", advice: "Choose a JPEG, PNG, WebP, TIFF or BMP file." },
  "image-malformed": { what: "This picture is damaged or cut off", advice: exportAgain },
  "person-unknown": { what: "This person is not in the list any more", advice: "Reload the list of people." },
  "person-changed": { what: "Somebody else changed this person just now", advice: "Reload the page and try again." },
  "person-without-image": { what: "This person has no picture yet", advice: "Add a picture, then read it again." },
  "notification-unknown": { what: "This notification is gone", advice: "Reload the page." },
  "profile-ambiguous": { what: "The server cannot tell what is meant", advice: pageFault },
  "model-unknown": { what: "There is no such model", advice: pageFault },
  "model-not-loaded": { what: "The model is not loaded", advice: later },
  "model-in-use": { what: "The model is at work", advice: later },
  "results-unknown": { what: "These results are no longer kept", advice: "Send the images again." },
  "training-data-missing": { what: "There are no images to train on", advice: tellOperator },
  "batch-unknown": { what: "There is no such batch", advice: pageFault },
  "archive-refused": { what: "This archive cannot be read", advice: "Make it anew, with pictures only." },
  "url-refused": { what: "Nothing is fetched from this address", advice: "Send the picture itself." },
  "object-unknown": { what: "This picture is not kept here", advice: "Send the picture itself." },
  "source-unavailable": { what: "The picture could not be fetched", advice: later },
  "prefix-unavailable": { what: "Pictures cannot be taken from there", advice: "Send the pictures themselves." },
  "image-undecodable": { what: "This picture cannot be opened", advice: exportAgain },
  "image-too-many-pixels": {
    what: "This picture has too many pixels",
    advice: "Export it again at a lower resolution; a few thousand pixels a side are plenty.",
  },
  "image-too-small": {
    what: "This picture is too small",
    advice: "Send the original from the camera, not a preview of it.",
  },
  "image-multiframe": {
    what: "This file holds several pictures",
    advice: "Save the one that is to be read as a file of its own: animations and multi-page files are not read.",
  },
  "image-missing": { what: "This file is empty", advice: "Copy it from the camera again." },
  "image-repeated": { what: "More than one picture arrived in one request", advice: pageFault },
  "too-many-images": { what: "Too many pictures arrived at once", advice: "Send fewer at a time." },
  "idempotency-key-reused": {
    what: "The server took this picture for another one",
    advice: "Remove it here and add it again.",
  },
  "link-invalid": { what: "This link is wrong or its time is over", advice: "Ask for a new one." },
  "case-unknown": { what: "The server does not know this case", advice: "It may have been deleted since." },
  "incident-unknown": { what: "The server does not know this incident", advice: "Look at the list of incidents." },
  "queue-unknown": { what: "The server does not know this queue", advice: "Load the page again." },
  "heatmap-unavailable": {
    what: "There is no image of what the fine reader looked at",
    advice: "The result itself is not touched by this.",
  },
  "image-gone": { what: "The server no longer keeps this picture", advice: "Its result stays valid." },
  "image-damaged": { what: "The server's copy of this picture is damaged", advice: tellOperator },
  "input-quarantined": {
    what: "This picture has stopped the readers before",
    advice: "It is not read again. A person must look, and whoever runs this server should know.",
  },
  "body-malformed": { what: "The picture did not arrive in a readable form", advice: pageFault },
  "json-invalid": { what: "The request did not arrive in a readable form", advice: pageFault },
  "base64-invalid": { what: "The picture did not arrive in a readable form", advice: pageFault },
  "field-invalid": { what: "The server does not accept something in the request", advice: pageFault },
  unauthorised: { what: "A key is needed", advice: "Enter the key that whoever runs this server has given you." },
  "route-not-found": { what: "This server does not know the request", advice: pageFault },
  "method-not-allowed": { what: "This server does not know the request", advice: pageFault },
  "programme-unknown": {
    what: "This server no longer offers what you asked for",
    advice: "Reload the page and choose again what to look for.",
  },
  "pack-not-installed": {
    what: "This reading is not installed on this server",
    advice: "Choose something else to look for, or ask whoever runs this server to install it.",
  },
  "request-timeout": { what: "Sending took too long", advice: "Check the connection, then send it again." },
  "client-closed-request": { what: "The connection was closed before the answer", advice: "Send it again." },
  "rate-limited": { what: "More was sent from here than is allowed at once", advice: later },
  "queue-full": { what: "The server has too much to do", advice: later },
  "too-many-bytes-in-flight": { what: "Too many pictures are being sent at once", advice: later },
  "engine-not-ready": { what: "The readers are not ready", advice: later },
  "engine-lost": { what: "The readers stopped while they had this picture", advice: later },
  draining: { what: "The server is being shut down or restarted", advice: later },
  "store-unavailable": { what: "The result could not be kept, so it is not shown", advice: tellOperator },
  "deadline-exceeded": { what: "There was no answer in time", advice: later },
  "deadline-unmeetable": { what: "The server has too much to do to answer in time", advice: later },
  "inference-failed": { what: "The readers failed on this picture", advice: "A person must look at it." },
  internal: { what: "Something went wrong on the server", advice: tellOperator },
  "no-answer": { what: "The server cannot be reached", advice: "Check the connection, then send it again." },
  "unreadable-answer": { what: "The answer of the server makes no sense", advice: pageFault },
};

/** What is said differently where no picture was to be read. */
const requestWords: Readonly<Record<string, RefusalWords>> = {
  "store-unavailable": { what: "The server cannot reach its records", advice: "It may be starting. Wait a little." },
};

/** Words for a failure of something else than reading a picture. */
export function wordsForRequest(failure: Failure): RefusalWords {
  const { code, detail } = failure;
  if (Object.hasOwn(requestWords, code)) return requestWords[code] as RefusalWords;
  if (Object.hasOwn(refusalWords, code)) return wordsFor(failure);
  return { what: "The server did not do this", advice: detail ?? `It says: ${code}.` };
}

/** Words for a failure; a code this page does not know yet is told in the server's own words. */
export function wordsFor({ code, detail }: Failure): RefusalWords {
  const known = Object.hasOwn(refusalWords, code) ? refusalWords[code] : undefined;
  return known ?? { what: "The server did not read this picture", advice: detail ?? `It says: ${code}.` };
}
