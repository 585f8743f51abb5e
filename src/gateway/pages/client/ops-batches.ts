import { apiKey, ask } from "./api.ts";
import { button, element } from "./element.ts";
import type { OpsBatchInfo } from "./ops-info.ts";
import { durationWords } from "./ops-words.ts";
import { wordsForRequest } from "./refusal-words.ts";
import type { Failure } from "./retry.ts";

const isBatch = (body: unknown): body is OpsBatchInfo => typeof body === "object" && body !== null && "counts" in body;
/** Results of the largest batch are some hundred megabytes. */
const downloadMsMax = 600_000;

/** @param onChange looks again, and is told what could not be done */
export function batchesView(batches: readonly OpsBatchInfo[], onChange: (trouble: string) => void): HTMLElement {
  if (batches.length === 0) return element("p", { class: "hint" }, "No batch was posted.");
  return element("ul", { class: "ops-rows" }, ...batches.map((batch) => batchView(batch, onChange)));
}

function batchView(batch: OpsBatchInfo, onChange: (trouble: string) => void): HTMLElement {
  const { id, programme, state, counts, itemsPerSecond, secondsLeft } = batch;
  const settled = counts.total - counts.queued - counts.leased;
  const lost = counts.failed + counts.dead;
  const act = (verb: "cancel" | "retry-failed"): void => {
    void ask(`/v1/batches/${id}/${verb}`, isBatch, { method: "POST" }).then(({ failure }) =>
      onChange(failure === undefined ? "" : troubleWords(failure)),
    );
  };
  const about = [
    `${counts.done} done, ${lost} failed, ${counts.queued + counts.leased} left`,
    itemsPerSecond === undefined ? undefined : `${itemsPerSecond.toFixed(1)} a second`,
    secondsLeft === undefined ? undefined : `about ${durationWords(secondsLeft)} to go`,
  ];
  return element(
    "li",
    { "data-batch": id },
    element("span", {}, programme),
    element("span", { class: lost > 0 ? "value warn" : "value" }, state),
    element("progress", {
      max: String(Math.max(1, counts.total)),
      value: String(settled),
      "aria-label": `Batch ${id}`,
    }),
    element("span", { class: "under" }, `${about.filter((each) => each !== undefined).join(" · ")} · ${id}`),
    element(
      "span",
      { class: "actions" },
      state === "running" ? button("Cancel", () => act("cancel"), { class: "quiet" }) : undefined,
      lost > 0 && state === "done"
        ? button("Try the failed ones again", () => act("retry-failed"), { class: "quiet" })
        : undefined,
      ...(["ndjson", "csv"] as const).map((format) =>
        button(`Results (${format.toUpperCase()})`, () => void download(id, format).then(onChange), { class: "quiet" }),
      ),
    ),
  );
}

/** As far as there are any yet. The browser cannot send the key with a link, so the program fetches it. */
async function download(id: string, format: "ndjson" | "csv"): Promise<string> {
  try {
    const response = await fetch(`/v1/batches/${id}/results?format=${format}`, {
      headers: apiKey.headers(),
      signal: AbortSignal.timeout(downloadMsMax),
    });
    if (!response.ok) return troubleWords({ status: response.status, code: "unreadable-answer" });
    const href = URL.createObjectURL(await response.blob());
    element("a", { href, download: `${id}.${format}` }).click();
    URL.revokeObjectURL(href);
    return "";
  } catch {
    return troubleWords({ status: 0, code: "no-answer" });
  }
}

function troubleWords(failure: Failure): string {
  const { what, advice } = wordsForRequest(failure);
  return `${what}. ${advice}`;
}
