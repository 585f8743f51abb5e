import { newIdempotencyKey, type PictureSubject, readCase, sendImage } from "./api.ts";
import { part, say } from "./element.ts";
import { listenForFiles } from "./file-entry.ts";
import { keyDialog } from "./key-dialog.ts";
import { listView } from "./list-view.ts";
import { programmeChoice } from "./programme-choice.ts";
import * as queueing from "./queue.ts";
import { watchReadiness } from "./readiness.ts";
import type { ProgrammeInfo } from "./result-words.ts";
import { subjectFields } from "./subject-fields.ts";

/** What belongs to an item but is no state: the file, its picture on the page, and how to stop its request. */
interface Holding {
  readonly file: File;
  readonly url: string;
  readonly programme: ProgrammeInfo;
  /** As it was when the picture was added: a picture that is sent again says the same of itself. */
  readonly subject: PictureSubject;
  stop?: () => void;
}

const holdings = new Map<number, Holding>();
const message = part("message", HTMLElement);
const imageBytesMax = Number(part("drop", HTMLElement).dataset["imageBytesMax"]);
let queue = queueing.emptyQueue;
let nextId = 1;
let timer: ReturnType<typeof setTimeout> | undefined;

const keys = keyDialog(() => void start());
const subject = subjectFields();
const choice = programmeChoice(() => void start(), subject.fit);
const askUntilReady = watchReadiness(() => update({ ...queue, ready: true }));
const show = listView((item) => ({
  ...held(item.id),
  cancel: () => update(queueing.cancelled(queue, item.id)),
  again: () => update(queueing.askedAgain(queue, item.id)),
  openDetails: () => queue.items.length === 1,
}));

/** The one place where the state changes: shows it, lets go what left it, and sends what may go. */
function update(next: queueing.Queue): void {
  const before = queue;
  queue = next;
  letGo();
  if (before.ready && !next.ready) askUntilReady();
  if (!before.keyNeeded && next.keyNeeded) keys.ask();
  if (before.keyNeeded && !next.keyNeeded) keys.done();
  show(queue);
  const now = performance.now();
  const ready = queueing.startable(queue, now);
  for (const item of ready) send(item);
  clearTimeout(timer);
  const waitMs = queueing.nextWaitMs(queue, now);
  if (waitMs !== undefined) timer = setTimeout(() => update(queue), waitMs);
}

function send({ id, programme, idempotencyKey }: queueing.Item): void {
  const holding = held(id);
  const startedAt = performance.now();
  queue = queueing.started(queue, id);
  holding.stop = sendImage({
    file: holding.file,
    subject: holding.subject,
    programme,
    idempotencyKey,
    onShare: (share) => update(queueing.progressed(queue, id, share)),
    onAnswer: ({ value, failure }) => {
      delete holding.stop;
      const now = performance.now();
      update(
        failure === undefined
          ? queueing.answered(queue, id, value, now - startedAt)
          : queueing.failed(queue, id, failure, now, Math.random()),
      );
      if (value?.status === "provisional") follow(id, value.id);
    },
  });
  show(queue);
}

/** How often a provisional case is asked for, ms. */
const followMs = 10_000;

/** Until it is decided, or has left the list. */
function follow(id: number, caseId: string): void {
  setTimeout(async () => {
    if (!holdings.has(id)) return;
    const { value } = await readCase(caseId);
    if (value?.status === "decided") update(queueing.completed(queue, id, value));
    else follow(id, caseId);
  }, followMs);
}

function held(id: number): Holding {
  const holding = holdings.get(id);
  if (holding === undefined) throw new Error(`nothing is held for ${id}`);
  return holding;
}

/** Stops requests nobody waits for, and forgets the pictures of what has left the list. */
function letGo(): void {
  const items = new Map(queue.items.map((item) => [item.id, item]));
  for (const [id, holding] of holdings) {
    const item = items.get(id);
    if (item === undefined || !queueing.isOpen(item)) {
      holding.stop?.();
      delete holding.stop;
    }
    if (item !== undefined) continue;
    URL.revokeObjectURL(holding.url);
    holdings.delete(id);
  }
}

function take(files: readonly File[], folders: number): void {
  const programme = choice.chosen();
  if (programme === undefined) {
    say(message, "The pictures were not added: first the server must offer something to look for.");
    return;
  }
  const entries = files.map((file) => ({ file, id: nextId++, name: file.name === "" ? "Pasted picture" : file.name }));
  const added = queueing.add(
    queue,
    entries.map(({ id, name }) => ({ id, name, programme: programme.id, idempotencyKey: newIdempotencyKey() })),
  );
  const taken = entries.slice(0, entries.length - added.turnedAway);
  const said = subject.read();
  for (const { file, id } of taken)
    holdings.set(id, { file, url: URL.createObjectURL(file), programme, subject: said });
  say(message, entryWords(files.length, added.turnedAway, folders));
  // The server would refuse these too, after all of them was sent.
  const failure = { status: 413, code: "image-too-large" };
  const tooLarge = taken.filter(({ file }) => file.size > imageBytesMax);
  update(tooLarge.reduce((next, { id }) => queueing.refused(next, id, failure), added.queue));
}

function entryWords(files: number, turnedAway: number, folders: number): string {
  const room = `${turnedAway} of ${files} pictures were not added: this page holds ${queueing.heldMax} at once. Remove finished ones first.`;
  const closed = "Folders are not opened here: open the folder and drop the pictures in it.";
  return [...(turnedAway > 0 ? [room] : []), ...(folders > 0 ? [closed] : [])].join(" ");
}

async function start(): Promise<void> {
  const keyNeeded = (await choice.load())?.status === 401;
  // A second wrong key changes no state, and must be asked for all the same.
  if (keyNeeded && queue.keyNeeded) keys.ask();
  update({ ...queue, keyNeeded });
}

part("cancel-all", HTMLButtonElement).addEventListener("click", () => {
  update(queueing.allCancelled(queue));
  part("queue-title", HTMLElement).focus();
});
part("clear", HTMLButtonElement).addEventListener("click", () => {
  update(queueing.withoutFinished(queue));
  say(message, "");
  if (queue.items.length > 0) part("queue-title", HTMLElement).focus();
  else part("files", HTMLInputElement).focus();
});
// Leaving would end what is on its way without a word.
addEventListener("beforeunload", (event) => {
  if (queue.items.some(queueing.isPending)) event.preventDefault();
});
listenForFiles(take);
askUntilReady();
void start();
