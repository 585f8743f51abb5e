// A client that does not trust the service: it repeats what was not answered under its key, goes to another gateway when
// one is away, looks at results again and again, and writes down what it saw.

import { setTimeout as delay } from "node:timers/promises";
import { digestOf } from "./history.mjs";
import { imageOf } from "./images.mjs";

const answerMsMax = 30_000;
const pauseMs = 250;
const imagesAtOnce = 8;

export class FaultClient {
  #urls;
  #history;
  #turn = 0;
  /** Answers by status; `away` is no answer at all. */
  statuses = new Map();
  /** Codes of answers that were neither 2xx nor 503. */
  strange = new Map();
  /** Batches by id: items, and how many of its results are known. */
  batches = new Map();

  constructor(urls, history) {
    this.#urls = urls;
    this.#history = history;
  }

  /** From the next gateway; undefined when it is away. */
  async ask(path, { method = "GET", headers = {}, body } = {}) {
    const url = this.#urls[this.#turn++ % this.#urls.length];
    return this.askOf(url, path, { method, headers, body });
  }

  async askOf(url, path, asked = {}) {
    const started = performance.now();
    try {
      const answer = await fetch(`${url}${path}`, { ...asked, signal: AbortSignal.timeout(answerMsMax) });
      const text = await answer.text();
      count(this.statuses, answer.status);
      if (!answer.ok && answer.status !== 503) count(this.strange, `${answer.status} ${codeOf(text)}`);
      const retryAfter = answer.headers.get("retry-after");
      return { status: answer.status, text, ms: performance.now() - started, retryAfter };
    } catch {
      count(this.statuses, "away");
      return undefined;
    }
  }

  /** Submits images `first` to `first + many - 1` as one batch, until it is acknowledged. @returns its id */
  async submit(key, first, many, more = []) {
    const lines = [];
    const items = [];
    for (let i = first; i < first + many; i += imagesAtOnce) {
      const numbers = Array.from({ length: Math.min(imagesAtOnce, first + many - i) }, (_, k) => i + k);
      const images = await Promise.all(numbers.map(imageOf));
      for (const [k, bytes] of images.entries()) add(`item-${numbers[k]}`, bytes);
    }
    for (const { id, bytes } of more) add(id, bytes);
    function add(id, bytes) {
      items.push({ id, sha256: digestOf(bytes) });
      lines.push(JSON.stringify({ custom_id: id, image: bytes.toString("base64") }));
    }
    const headers = { "content-type": "application/x-ndjson", "idempotency-key": key };
    await this.#history.note({ kind: "submitted", key, items });
    for (;;) {
      const answer = await this.ask("/v1/batches?programme=cataract", {
        method: "POST",
        headers,
        body: `${lines.join("\n")}\n`,
      });
      if (answer?.status === 202) {
        const { id } = JSON.parse(answer.text);
        await this.#history.note({ kind: "acknowledged", key, batch: id });
        this.batches.set(id, { items, known: 0, done: 0, isOver: false });
        return id;
      }
      if (answer !== undefined && answer.status < 500)
        throw new Error(`a batch was refused: ${answer.status} ${answer.text}`);
      await delay(pauseMs);
    }
  }

  /** One look at a batch: its counts, and its results after those that are known, or (`again`) from the first one. */
  async look(id, again = false) {
    const batch = this.batches.get(id);
    const answer = await this.ask(`/v1/batches/${id}`);
    if (answer?.status === 200) {
      const { status, counts } = JSON.parse(answer.text);
      batch.done = Math.max(batch.done, counts.done + counts.failed + counts.dead);
      batch.isOver = status === "done" && batch.known === batch.items.length;
    }
    const page = await this.ask(`/v1/batches/${id}/results?after=${again ? -1 : batch.known - 1}`);
    if (page?.status !== 200) return;
    // A body that was cut off ends in half a line: nobody takes that for a result.
    for (const line of page.text.split("\n").slice(0, -1)) {
      const result = JSON.parse(line);
      await this.#history.note({
        kind: "answered",
        batch: id,
        index: result.index,
        status: result.status,
        digest: digestOf(line),
      });
      batch.known = Math.max(batch.known, result.index + 1);
    }
  }

  /**
   * Follows every batch to its end; old results are read again as it goes.
   * @param more whether batches are still being submitted
   */
  async follow({ timeoutMs, everyMs = 300, more = () => false }) {
    const end = performance.now() + timeoutMs;
    for (let round = 0; ; round++) {
      const open = [...this.batches].filter(([, { isOver }]) => !isOver);
      if (open.length === 0 && !more()) return;
      if (performance.now() > end)
        throw new Error(
          `batches that did not end in ${timeoutMs} ms: ${open.map(([id, { done, items }]) => `${id} ${done}/${items.length}`).join(", ")}`,
        );
      const all = [...this.batches.keys()];
      if (all.length > 0) await this.look(all[round % all.length], true);
      for (const [id] of open) await this.look(id);
      await delay(everyMs);
    }
  }

  /** Items that are settled, as far as this client knows. */
  get settled() {
    return [...this.batches.values()].reduce((sum, { done }) => sum + done, 0);
  }

  /** Posts one case under a key, once. A 201 goes into the history. */
  async post(url, key, image) {
    const headers = { "content-type": "image/jpeg", "idempotency-key": key };
    const answer = await this.askOf(url, "/v1/programmes/cataract/cases", { method: "POST", headers, body: image });
    if (answer?.status === 201) {
      const { id, image: kept } = JSON.parse(answer.text);
      await this.#history.note({ kind: "case", key, id, sha256: kept.sha256, digest: digestOf(answer.text) });
    }
    return answer;
  }
}

function count(map, key) {
  map.set(key, (map.get(key) ?? 0) + 1);
}

function codeOf(text) {
  try {
    return JSON.parse(text).code ?? "";
  } catch {
    return "";
  }
}
