import { ask } from "./api.ts";
import { button, element } from "./element.ts";
import type { QueueInfo } from "./ops-info.ts";
import { wordsForRequest } from "./refusal-words.ts";
import type { Failure } from "./retry.ts";

const isQueue = (body: unknown): body is QueueInfo => typeof body === "object" && body !== null && "queue" in body;

const names: Readonly<Record<string, string>> = {
  batches: "Batches",
  "second-looks": "Second looks",
  "audit-looks": "Looks by chance, for the drift monitor",
};

interface Asked {
  /** What was typed; undefined, and said so, when nothing was. */
  readonly reason: () => string | undefined;
  /** Looks again, and is told what could not be done. */
  readonly onChange: (trouble: string) => void;
}

export const workView = (queues: readonly QueueInfo[], asked: Asked): HTMLElement =>
  element("ul", { class: "ops-rows" }, ...queues.map((queue) => queueView(queue, asked)));

function queueView({ queue, width, usualWidth, widthMax, order }: QueueInfo, { reason, onChange }: Asked): HTMLElement {
  const isPaused = order?.paused === true;
  const name = names[queue] ?? queue;
  const send = (change: { readonly paused?: boolean; readonly width?: number | null }): void => {
    const why = reason();
    if (why === undefined) return;
    void ask(`/v1/ops/queues/${queue}`, isQueue, { method: "PATCH", body: { ...change, reason: why } }).then(
      ({ failure }) => onChange(failure === undefined ? "" : refusalWords(failure)),
    );
  };
  const many = element("input", {
    type: "number",
    min: "1",
    max: String(widthMax),
    value: String(order?.width ?? usualWidth),
    "aria-label": `${name}: at once`,
  });
  return element(
    "li",
    { "data-queue": queue },
    element("span", {}, name),
    element("span", { class: isPaused ? "value warn" : "value" }, isPaused ? "paused" : `${width} at once`),
    order === undefined ? undefined : element("span", { class: "under" }, orderWords(order)),
    element(
      "span",
      { class: "actions" },
      button(isPaused ? "Go on" : "Pause", () => send({ paused: !isPaused }), { class: "quiet" }),
      many,
      button("Set", () => send({ width: many.valueAsNumber }), { class: "quiet", "aria-label": `${name}: set` }),
      order == null || order.width === null
        ? undefined
        : button(`As usual (${usualWidth})`, () => send({ width: null }), { class: "quiet" }),
    ),
  );
}

/** What is not allowed is a bound of this server's, which only the server knows. */
function refusalWords(failure: Failure): string {
  if (failure.code === "field-invalid" && failure.detail !== undefined) return failure.detail;
  const { what, advice } = wordsForRequest(failure);
  return `${what}. ${advice}`;
}

const orderWords = ({ reason, by, at }: NonNullable<QueueInfo["order"]>): string =>
  `${reason} · ${by}, ${new Date(at).toLocaleString()}`;
