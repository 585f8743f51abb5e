import { element } from "./element.ts";
import type { FilledInfo, OpsInfo, SettingInfo } from "./ops-info.ts";
import { bytesWords, durationWords, type Figure, figuresOf, fullMark, type Mark, manyWords } from "./ops-words.ts";

/** A line of a list: what, how much, and what explains it. */
interface Row {
  readonly name: string;
  readonly value: string;
  readonly under?: string | undefined;
  readonly mark?: Mark;
  readonly bar?: FilledInfo;
}

export function rowView({ name, value, under, mark = "none", bar }: Row): HTMLElement {
  const barView =
    bar?.used == null
      ? undefined
      : element("meter", {
          min: "0",
          max: String(bar.limit),
          low: String(0.6 * bar.limit),
          high: String(0.8 * bar.limit),
          optimum: "0",
          value: String(bar.used),
          "aria-label": name,
        });
  return element(
    "li",
    {},
    element("span", {}, name),
    element("span", { class: mark === "none" ? "value" : `value ${mark}` }, value),
    barView,
    under === undefined ? undefined : element("span", { class: "under" }, under),
  );
}

export const rowsView = (rows: readonly Row[], otherwise: string): HTMLElement =>
  rows.length === 0
    ? element("p", { class: "hint" }, otherwise)
    : element("ul", { class: "ops-rows" }, ...rows.map(rowView));

const words: Readonly<Record<Mark, string>> = { none: "", warn: " (look at this)", bad: " (act on this)" };

function figureView({ name, value, under, mark, dashboard }: Figure, grafana: string | null): HTMLElement {
  const title =
    grafana === null
      ? element("span", { class: "name" }, name)
      : element("a", { href: `${grafana.replace(/\/$/, "")}/d/${dashboard}` }, name);
  return element(
    "li",
    { "data-mark": mark },
    title,
    element("strong", {}, value, words[mark] === "" ? undefined : element("span", { class: "unseen" }, words[mark])),
    element("small", {}, under),
  );
}

export const figuresView = (ops: OpsInfo): HTMLElement[] =>
  figuresOf(ops).map((figure) => figureView(figure, ops.grafana));

export function queuesView({ queues }: OpsInfo): HTMLElement {
  const { lanes, items, bytes, uploadBytes } = queues;
  const filled = (name: string, bar: FilledInfo, show: (value: number) => string): Row => ({
    name,
    value: `${bar.used === null ? "–" : show(bar.used)} of ${show(bar.limit)}`,
    mark: fullMark(bar.used, bar.limit),
    bar,
  });
  return rowsView(
    [
      filled("Images that wait", items, String),
      filled("Their bytes", bytes, bytesWords),
      filled("Uploads on their way", uploadBytes, bytesWords),
      ...lanes.map(({ lane, items: waiting, waitP95S }) => ({
        name: laneWords[lane] ?? lane,
        value: `${waiting ?? "–"} waiting`,
        under: `95 % waited less than ${durationWords(waitP95S.value)}, of ${manyWords(waitP95S.n, "image")}`,
      })),
    ],
    "",
  );
}

const laneWords: Readonly<Record<string, string>> = {
  interactive: "Somebody waits",
  escalation: "Second looks",
  bulk: "Batches",
};

const stageWords: Readonly<Record<string, string>> = {
  decode: "Decoding",
  fast: "Fast reader",
  fine: "Fine reader",
  store: "Writing the record",
};

export const stagesView = ({ cases }: OpsInfo): HTMLElement =>
  rowsView(
    cases.stages.map(({ stage, p95S }) => ({
      name: stageWords[stage] ?? stage,
      value: durationWords(p95S.value),
      under: `95 % are faster, of ${p95S.n}`,
    })),
    "",
  );

export function refusedView({ requests }: OpsInfo): HTMLElement {
  const { shed, codes, cancelled, retryAfterP50S } = requests;
  const later =
    retryAfterP50S.n === 0 ? undefined : `told to come back after ${durationWords(retryAfterP50S.value)} (median)`;
  return rowsView(
    [
      ...shed.map(({ name, n }) => ({
        name: `Turned away with ${name}`,
        value: String(n),
        mark: "warn" as const,
        under: later,
      })),
      ...codes.map(({ name, n }) => ({ name, value: String(n) })),
      ...(cancelled > 0 ? [{ name: "Clients that hung up", value: String(cancelled) }] : []),
    ],
    "Nothing was refused.",
  );
}

export function enginesView({ engine, nodes, gateways }: OpsInfo): HTMLElement {
  const { state, reason, workers, busyWorkers, restarts = 0 } = engine;
  const own: Row = {
    name: nodes.length === 0 ? "Engine of this server" : "All engines together",
    value: state,
    mark: state === "ready" ? "none" : "bad",
    under: [
      reason,
      workers === undefined ? undefined : `${busyWorkers} of ${manyWords(workers, "slot")} at work`,
      restarts > 0 ? `started anew ${manyWords(restarts, "time")}` : undefined,
    ]
      .filter((each) => each !== undefined)
      .join(" · "),
  };
  const others = nodes.map(({ name, local, state: stands, slots, openItems, creditItems, silentS }) => ({
    name: local ? "This server" : `Node ${name}`,
    value: stands,
    mark: stands === "ready" ? ("none" as const) : ("bad" as const),
    under: `${openItems} of ${creditItems} open, ${manyWords(slots, "slot")}${silentS === undefined ? "" : `, heard ${durationWords(silentS)} ago`}`,
  }));
  const servers = (gateways ?? []).map(({ name, here, leads }) => ({
    name: here ? `Server ${name} (this one)` : `Server ${name}`,
    value: leads.length > 0 ? "leads" : "",
  }));
  return rowsView([own, ...others, ...servers], "");
}

export const modelsView = ({ models }: OpsInfo): HTMLElement =>
  rowsView(
    models.map(({ title, missing, certified, readers }) => ({
      name: title,
      value: missing === undefined ? "installed" : "not installed",
      mark: missing === undefined ? ("none" as const) : ("bad" as const),
      under:
        missing ??
        [
          ...readers.map(({ reader, pack, digest }) => `${reader}: ${pack} ${digest.slice(0, 12)}`),
          certified === false ? "its band is not certified: more goes to a person" : "its band is certified",
        ].join(" · "),
    })),
    "No programme is known.",
  );

export const settingsView = (settings: readonly SettingInfo[], isAll: boolean): HTMLElement =>
  rowsView(
    settings
      .filter(({ isDefault }) => isAll || !isDefault)
      .map(({ name, value, isDefault }) => ({
        name,
        value: value === null ? "not set" : String(value),
        under: isDefault ? "default" : undefined,
      })),
    "Every setting is at its default.",
  );
