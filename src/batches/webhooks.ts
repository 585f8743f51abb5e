import { createHmac } from "node:crypto";
import { type BatchStore, type DueWebhook, isProblem } from "../contracts/index.ts";
import type { Clock, Log } from "../platform/index.ts";
import { allowedUrl, type UrlRules } from "./allowed-url.ts";
import { exchange } from "./exchange.ts";

/** Deliveries of one end of a batch; with the waits between them about a day. */
const deliveriesMax = 12;
const backOffFirstMs = 5000;
const backOffMaxMs = 4 * 3_600_000;
const atOnceMax = 8;
/** Longer than a delivery may take: nobody else takes it up meanwhile. */
const deliveryLeaseMs = 60_000;
const answerBytesMax = 65_536;

export interface WebhookDeps {
  readonly store: Pick<BatchStore, "dueWebhooks" | "settleWebhook">;
  readonly rules: UrlRules;
  /** Signs what is sent. */
  readonly secret: string | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * What is sent: `t=<seconds>,v1=<hex>`, the HMAC-SHA256 over `<seconds>.<body>`. The time is under the signature, so that a
 * receiver can refuse what somebody recorded and sends again.
 */
export function signatureOf(secret: string, seconds: number, body: string): string {
  return `t=${seconds},v1=${createHmac("sha256", secret).update(`${seconds}.${body}`).digest("hex")}`;
}

/** Tells the clients whose batches ended; at least once, with the same event id each time. */
export async function tellDue(deps: WebhookDeps, signal: AbortSignal): Promise<void> {
  const due = await deps.store.dueWebhooks(atOnceMax, deliveryLeaseMs);
  await Promise.all(due.map((each) => tell(deps, each, signal)));
}

async function tell(deps: WebhookDeps, { batch, url, attempt }: DueWebhook, signal: AbortSignal): Promise<void> {
  const { store, secret, clock, log, rules } = deps;
  const { id, state, counts, version, programme, createdAt, finishedAt } = batch;
  const event = `${id}.${version}`;
  const type = state === "cancelled" ? "batch.cancelled" : "batch.done";
  const links = { self: `/v1/batches/${id}`, results: `/v1/batches/${id}/results` };
  const body = JSON.stringify({
    event,
    type,
    batch: { id, programme, status: state, counts, createdAt, finishedAt, links },
  });
  let failure: string | undefined;
  try {
    if (secret === undefined) throw new TypeError("a webhook without a secret to sign with");
    const seconds = Math.floor(clock.wallMs() / 1000);
    const headers = {
      "content-type": "application/json",
      "content-length": String(Buffer.byteLength(body)),
      "webhook-id": event,
      "webhook-signature": signatureOf(secret, seconds, body),
    };
    const asked = { method: "POST" as const, headers, body, bytesMax: answerBytesMax };
    const { status } = await exchange(allowedUrl(url, rules), asked, signal);
    if (status < 200 || status >= 300) failure = `it answered ${status}`;
  } catch (error) {
    if (signal.aborted) return;
    failure = isProblem(error) ? error.code : "internal";
    if (!isProblem(error)) log.error({ err: error, batch: id }, "a webhook cannot be sent");
  }
  const last = attempt >= deliveriesMax;
  if (failure !== undefined) log.warn({ batch: id, attempt, last, reason: failure }, "a webhook was not taken");
  const retryMs = Math.min(backOffMaxMs, backOffFirstMs * 2 ** (attempt - 1));
  await store.settleWebhook(id, version, failure === undefined, last ? undefined : retryMs);
}
