import { ask } from "./api.ts";
import { part, say } from "./element.ts";
import { keyDialog } from "./key-dialog.ts";
import { oneAtATime } from "./one-at-a-time.ts";
import { batchesView } from "./ops-batches.ts";
import type { AuditInfo, OpsInfo, SettingInfo } from "./ops-info.ts";
import { enginesView, figuresView, modelsView, queuesView, refusedView, settingsView, stagesView } from "./ops-view.ts";
import { durationWords, manyWords, stateWords } from "./ops-words.ts";
import { workView } from "./ops-work.ts";
import { wordsForRequest } from "./refusal-words.ts";

/** A worker that ends is seen within 5 s. */
const pauseMs = 2000;

const isOps = (body: unknown): body is OpsInfo =>
  typeof body === "object" && body !== null && "queues" in body && "cases" in body;
const isAudit = (body: unknown): body is AuditInfo => typeof body === "object" && body !== null && "intact" in body;
const isSettings = (body: unknown): body is { settings: readonly SettingInfo[] } =>
  typeof body === "object" && body !== null && "settings" in body;

const line = part("line", HTMLElement);
const state = part("state", HTMLElement);
const allSettings = part("all-settings", HTMLInputElement);
const verifyButton = part("verify", HTMLButtonElement);
const auditWords = part("audit", HTMLElement);
const batchWords = part("batch-words", HTMLElement);
const workWords = part("work-words", HTMLElement);
const reasonField = part("work-reason", HTMLInputElement);
/** What was drawn last, by place: what is the same is left alone, so that nobody loses the button under the finger. */
const drawn = new Map<string, string>();
let settings: readonly SettingInfo[] = [];
let needsKey = false;

const keys = keyDialog(() => {
  keys.done();
  needsKey = false;
  look();
});

const look = oneAtATime(async () => {
  if (needsKey) return;
  const { value, failure } = await ask("/v1/ops", isOps);
  if (failure !== undefined) {
    needsKey = failure.status === 401;
    if (needsKey) keys.ask();
    line.removeAttribute("data-state");
    const { what, advice } = wordsForRequest(failure);
    return say(
      line,
      failure.status === 0 ? `The server cannot be reached. What is below is old.` : `${what}. ${advice}`,
    );
  }
  keys.done();
  if (settings.length === 0) await readSettings();
  show(value);
});

function show(ops: OpsInfo): void {
  const { seconds, version, at, ready, audit, backlog, batches, background } = ops;
  line.dataset["state"] = "live";
  say(line, `${clockWords(at)} · the last ${durationWords(seconds)} · version ${version}`);
  part("ops", HTMLElement).hidden = false;
  say(state, stateWords(ops));
  state.toggleAttribute("data-bad", !ready.ready);
  replace("figures", figuresView(ops));
  replace("queues", [queuesView(ops)]);
  replace("stages", [stagesView(ops)]);
  replace("refused", [refusedView(ops)]);
  replace("work", [workView(background, { reason: workReason, onChange: workChanged })]);
  replace("engines", [enginesView(ops)]);
  replace("models", [modelsView(ops)]);
  if (backlog !== undefined)
    say(
      part("backlog", HTMLElement),
      backlog.batches === 0
        ? "None is running."
        : `${manyWords(backlog.queued + backlog.leased, "item")} left, the oldest batch is ${durationWords(backlog.oldestS ?? 0)} old.`,
    );
  else say(part("backlog", HTMLElement), "The database is away.");
  if (batches !== undefined) replace("batches", [batchesView(batches, batchChanged)]);
  if (!verifyButton.disabled) showAudit(audit);
}

function workReason(): string | undefined {
  const why = reasonField.value.trim();
  if (why !== "") return why;
  say(workWords, "Say why first: whoever looks at it later wants to know.");
  reasonField.focus();
  return undefined;
}

function workChanged(trouble: string): void {
  say(workWords, trouble);
  if (trouble === "") reasonField.value = "";
  look();
}

function batchChanged(trouble: string): void {
  say(batchWords, trouble);
  look();
}

function showAudit(audit: AuditInfo | null): void {
  auditWords.toggleAttribute("data-bad", audit?.intact === false);
  say(auditWords, audit === null ? "Not verified by this server since it started." : chainWords(audit));
}

function chainWords({ intact, entries, fault, at }: AuditInfo): string {
  const when = clockWords(at);
  if (intact) return `OK at ${when}: ${manyWords(entries, "entry", "entries")}, none altered.`;
  return `Broken, as found at ${when}: entry ${fault?.seq ?? "?"}, ${fault?.reason ?? "no reason given"}.`;
}

async function verify(): Promise<void> {
  verifyButton.disabled = true;
  say(auditWords, "Reading every entry …");
  const { value, failure } = await ask("/v1/ops/audit", isAudit, { method: "POST" });
  verifyButton.disabled = false;
  if (failure === undefined) return showAudit(value);
  const { what, advice } = wordsForRequest(failure);
  say(auditWords, `Not verified: ${what}. ${advice}`);
}

async function readSettings(): Promise<void> {
  const { value } = await ask("/v1/ops/settings", isSettings);
  settings = value?.settings ?? [];
  showSettings();
}

const showSettings = (): void => replace("settings", [settingsView(settings, allSettings.checked)]);

function replace(place: string, made: readonly HTMLElement[]): void {
  const text = made.map(({ outerHTML }) => outerHTML).join("");
  if (drawn.get(place) === text) return;
  drawn.set(place, text);
  part(place, HTMLElement).replaceChildren(...made);
}

const clockWords = (at: string): string => new Date(at).toLocaleTimeString();

verifyButton.addEventListener("click", () => void verify());
allSettings.addEventListener("change", showSettings);
look();
setInterval(() => {
  // A page that nobody looks at asks for nothing.
  if (document.visibilityState === "visible") look();
}, pauseMs);
