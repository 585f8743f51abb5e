import { randomBytes } from "node:crypto";
import type { CaseRecord, DriftReport, Incident, LabelTask } from "../../contracts/index.ts";
import type { AnsweredCase, DriftCheck, DriftStream, DriftStreamWish, StreamedTruth } from "../../main/index.ts";
import type { ServerLink } from "../server-link.ts";

/** Cases on their way at once. */
const width = 4;
/** Cases between two looks at the monitor. */
const checkEvery = 50;
const tasksMax = 100;
/** A piece of 50 cases has no more tasks than this many answers can hold, unless others' tasks stand before them. */
const taskRoundsMax = 5;
const incidentsMax = 200;
/** After the last case the monitor is waited for: so many looks, a second apart, that find nothing new end it. */
const quietLooks = 10;
const settleLooksMax = 120;

type Report = (step: string, done: number, of: number) => void;

interface Sent {
  readonly answered: readonly AnsweredCase[];
  /** Of each label given, what the task was asked for. */
  readonly labelSources: readonly string[];
  readonly checks: readonly DriftCheck[];
  readonly incidents: readonly Incident[];
}

/** Sends a stream to a server, as the devices and the people of a screening would, and watches its monitor meanwhile. */
export class DriftClient {
  readonly #link: ServerLink;
  readonly #stream: DriftStream;
  readonly #wish: DriftStreamWish;
  /** Names this run, so that its patients are new ones and its cases can be told from others. */
  readonly #run = `drift-${randomBytes(6).toString("hex")}`;
  readonly #records: CaseRecord[] = [];
  readonly #truths = new Map<string, StreamedTruth>();
  readonly #labelled = new Set<string>();
  readonly #labelSources: string[] = [];

  constructor(link: ServerLink, stream: DriftStream, wish: DriftStreamWish) {
    this.#link = link;
    this.#stream = stream;
    this.#wish = wish;
  }

  /** @throws {ServerRefused} @throws {ServerAway} @throws {DatasetError} */
  async send({ labels, onProgress }: { readonly labels: boolean; readonly onProgress: Report }): Promise<Sent> {
    const known = new Set((await this.#incidents()).map(({ id }) => id));
    const checks: DriftCheck[] = [{ sent: 0, report: await this.#report() }];
    const of = this.#stream.cases.length;
    for (let from = 0; from < of; from += checkEvery) {
      const to = Math.min(of, from + checkEvery);
      await this.#sendPiece(from, to, (done) => onProgress("sending", done, of));
      if (labels) await this.#label();
      if (to < of) checks.push({ sent: to, report: await this.#report() });
    }
    checks.push({ sent: of, report: await this.#settled(labels) });
    return {
      answered: await this.#answered(),
      labelSources: this.#labelSources,
      checks,
      incidents: (await this.#incidents()).filter(({ id }) => !known.has(id)),
    };
  }

  async #sendPiece(from: number, to: number, onDone: (done: number) => void): Promise<void> {
    let next = from;
    let done = from;
    const walk = async (): Promise<void> => {
      for (let i = next++; i < to; i = next++) {
        await this.#sendOne(i);
        onDone(++done);
      }
    };
    await Promise.all(Array.from({ length: width }, walk));
  }

  async #sendOne(i: number): Promise<void> {
    const streamed = this.#stream.cases[i];
    if (streamed === undefined) throw new RangeError(`the stream has no case ${i}`);
    const picture = await this.#stream.picture(streamed);
    const name = `${this.#run}-${i}`;
    const record = await this.#link.patiently(async () => {
      const body = new FormData();
      body.set("image", new Blob([new Uint8Array(picture)], { type: "image/jpeg" }), `${name}.jpg`);
      body.set("patientId", name);
      body.set("externalId", name);
      const request = { method: "POST", body, headers: { "idempotency-key": name } };
      return this.#read<CaseRecord>(`${this.#path}/cases`, request);
    });
    this.#records[i] = record;
    this.#truths.set(record.id, this.#stream.truthOf(streamed));
  }

  /** A person who knows what the folder says, and only of this run's cases; asked again about one, they say nothing new. */
  async #label(): Promise<void> {
    for (let round = 0; round < taskRoundsMax; round++) {
      const { tasks } = await this.#ask<{ tasks: readonly LabelTask[] }>(`${this.#path}/label-tasks?limit=${tasksMax}`);
      const own = tasks.filter(({ caseId }) => this.#truths.has(caseId) && !this.#labelled.has(caseId));
      if (own.length === 0) return;
      for (const { caseId, source } of own) {
        const label = this.#truths.get(caseId)?.label;
        const body = JSON.stringify({ label, role: "reader", by: "simulated" });
        const headers = { "content-type": "application/json" };
        await this.#ask(`/v1/cases/${caseId}/labels`, { method: "POST", body, headers });
        this.#labelled.add(caseId);
        this.#labelSources.push(source);
      }
    }
  }

  /** The monitor looks at cases some time after they were answered: until it has nothing new to say. */
  async #settled(labels: boolean): Promise<DriftReport | undefined> {
    let last = await this.#report();
    for (let look = 0, quiet = 0; look < settleLooksMax && quiet < quietLooks; look++) {
      await this.#link.pause();
      if (labels) await this.#label();
      const report = await this.#report();
      const isNew = report?.cases !== last?.cases || report?.risk.cases !== last?.risk.cases;
      quiet = isNew ? 0 : quiet + 1;
      last = report;
    }
    return last;
  }

  /** In the order of the stream; those whose second look was to come are asked for again. */
  async #answered(): Promise<AnsweredCase[]> {
    const answered: AnsweredCase[] = [];
    for (const [i, first] of this.#records.entries()) {
      const isOpen = first.status === "provisional";
      const { id, createdAt, status, decision } = isOpen ? await this.#ask<CaseRecord>(`/v1/cases/${first.id}`) : first;
      answered.push({
        id,
        createdAt,
        after: i >= this.#wish.at,
        positive: this.#truths.get(id)?.positive === true,
        provisional: status === "provisional",
        outcome: decision.outcome,
        reason: decision.reason,
      });
    }
    return answered;
  }

  async #report(): Promise<DriftReport | undefined> {
    const { programmes } = await this.#ask<{ programmes: readonly DriftReport[] }>("/v1/drift");
    return programmes.find(({ programme }) => programme === this.#wish.programme);
  }

  async #incidents(): Promise<readonly Incident[]> {
    const query = new URLSearchParams({ programme: this.#wish.programme, limit: String(incidentsMax) });
    return (await this.#ask<{ incidents: readonly Incident[] }>(`/v1/incidents?${query}`)).incidents;
  }

  get #path(): string {
    return `/v1/programmes/${encodeURIComponent(this.#wish.programme)}`;
  }

  #ask<T>(path: string, request?: RequestInit): Promise<T> {
    return this.#link.patiently(() => this.#read<T>(path, request));
  }

  async #read<T>(path: string, request?: RequestInit): Promise<T> {
    return (await (await this.#link.ask(path, request)).json()) as T;
  }
}
