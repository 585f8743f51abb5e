// Dashboards as pictures, from what a Prometheus holds: a look at them without Grafana, and a check that they say something.
import { queriesOf } from "./dashboard-queries.mjs";

const colours = [
  "#2f6fb2",
  "#d1662b",
  "#3c8f4e",
  "#9b4fb5",
  "#b59b1e",
  "#b23a48",
  "#3a9ea5",
  "#6b6b6b",
  "#7a5c3e",
  "#d06ba0",
];
const steps = 120;

/** @param {number} value @param {string} unit */
export function shown(value, unit) {
  if (!Number.isFinite(value)) return "–";
  if (unit === "percentunit") return `${(100 * value).toFixed(1)} %`;
  if (unit === "s")
    return value < 1
      ? `${(1000 * value).toPrecision(3)} ms`
      : value < 300
        ? `${value.toPrecision(3)} s`
        : `${(value / 3600).toFixed(1)} h`;
  if (unit === "bytes")
    return value < 2 ** 20 ? `${Math.round(value / 1024)} KiB` : `${(value / 2 ** 20).toFixed(1)} MiB`;
  const text = value >= 100 || Number.isInteger(value) ? String(Math.round(value)) : value.toPrecision(3);
  return unit === "reqps" || unit === "cps" ? `${text} /s` : text;
}

async function rangeOf(url, expr, start, end) {
  const step = Math.max(1, Math.round((end - start) / steps));
  const body = new URLSearchParams({ query: expr, start: String(start), end: String(end), step: String(step) });
  const answer = await (await fetch(`${url}/api/v1/query_range`, { method: "POST", body })).json();
  if (answer.status !== "success") throw new Error(`${expr}: ${answer.error}`);
  return answer.data.result.map(({ metric, values }) => ({
    metric,
    points: values.map(([at, value]) => [at, Number(value)]).filter(([, value]) => Number.isFinite(value)),
  }));
}

const named = (legend, metric) => legend.replaceAll(/\{\{(\w+)\}\}/g, (_, label) => metric[label] ?? "");
const markup = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");

/** @returns {Promise<string>} the whole dashboard as HTML */
export async function plotDashboard(url, dashboard, start, end) {
  const parts = [];
  for (const panel of dashboard.panels) {
    if (panel.type === "row") {
      parts.push(`<h2>${markup(panel.title)}</h2>`);
      continue;
    }
    const queries = queriesOf({ title: dashboard.title, panels: [panel] }, "30s");
    const series = [];
    for (const { expr, legend } of queries)
      for (const each of await rangeOf(url, expr, start, end))
        series.push({ ...each, name: named(legend, each.metric) });
    parts.push(
      figure(
        panel,
        series.filter(({ points }) => points.length > 0 && (panel.type !== "table" || points.at(-1)[0] > end - 10)),
        start,
        end,
      ),
    );
  }
  return `<!doctype html><meta charset="utf-8"><title>${markup(dashboard.title)}</title><style>
body{margin:16px;font:13px system-ui,sans-serif;background:#f4f6f8;color:#1b2733;width:1248px}h1{font-size:20px}h2{font-size:14px;margin:14px 0 6px;clear:both;grid-column:1/-1}
main{display:grid;grid-template-columns:repeat(24,1fr);gap:8px}figure{margin:0;padding:8px;background:#fff;border:1px solid #d3dce3;border-radius:4px;overflow:hidden}
figcaption{font-weight:600}p{margin:2px 0 4px;color:#4a5a68;font-size:11px}.big{font-size:28px;font-weight:600}ul{margin:4px 0 0;padding:0;list-style:none;font-size:11px;columns:2}li i{display:inline-block;width:9px;height:9px;margin-right:5px}
td,th{text-align:left;padding:2px 8px}</style><h1>${markup(dashboard.title)}</h1><p>${markup(dashboard.description)}</p><main>${parts.join("")}</main>`;
}

function figure(panel, series, start, end) {
  const { type, title, description, gridPos, fieldConfig } = panel;
  const { unit } = fieldConfig.defaults;
  const width = Math.round((1248 * gridPos.w) / 24) - 30;
  const body =
    series.length === 0
      ? '<div class="big" style="color:#999">No data</div>'
      : type === "stat"
        ? statOf(series[0], fieldConfig.defaults)
        : type === "table"
          ? tableOf(series)
          : type === "heatmap"
            ? heatOf(series, { width, start, end, unit })
            : linesOf(series, {
                width,
                start,
                end,
                unit,
                max: fieldConfig.defaults.max,
                stacked: fieldConfig.defaults.custom.stacking.mode === "normal",
              });
  return `<figure style="grid-column:span ${gridPos.w}"><figcaption>${markup(title)}</figcaption><p>${markup(description)}</p>${body}</figure>`;
}

function statOf({ points }, { unit, thresholds, decimals }) {
  const value = points.at(-1)[1];
  const step = thresholds.steps.findLast((each) => each.value === null || value >= each.value);
  const tones = { green: "#2e7d46", yellow: "#b07d00", red: "#b3261e" };
  const text =
    decimals !== undefined && unit === "percentunit" ? `${(100 * value).toFixed(decimals)} %` : shown(value, unit);
  return `<div class="big" style="color:${tones[step.color]}">${text}</div>`;
}

const tableOf = (series) =>
  `<table>${series
    .map(
      ({ metric }) =>
        `<tr>${Object.entries(metric)
          .map(([k, v]) => `<td>${k}: <b>${markup(v)}</b></td>`)
          .join("")}</tr>`,
    )
    .join("")}</table>`;

const height = 150;
const left = 66;
const right = 18;

function frame({ width, start, end, ticks, y }) {
  const minutes = Math.max(1, Math.ceil((end - start) / 60 / 6));
  const times = [];
  for (let at = Math.ceil(start / 60) * 60; at <= end; at += 60 * minutes) times.push(at);
  const x = (at) => left + ((at - start) / (end - start)) * (width - left - right);
  return (
    ticks
      .map(
        ({ value, text }) =>
          `<line x1="${left}" x2="${width}" y1="${y(value)}" y2="${y(value)}" stroke="#e4e9ed"/><text x="${left - 6}" y="${y(value) + 4}" text-anchor="end">${text}</text>`,
      )
      .join("") +
    times
      .map(
        (at) =>
          `<text x="${x(at)}" y="${height + 16}" text-anchor="middle">${new Date(at * 1000).toISOString().slice(11, 16)}</text>`,
      )
      .join("")
  );
}

function linesOf(series, { width, start, end, unit, max, stacked }) {
  const times = [...new Set(series.flatMap(({ points }) => points.map(([at]) => at)))].sort((a, b) => a - b);
  const base = new Map(times.map((at) => [at, 0]));
  const drawn = series.map((each) => {
    if (!stacked) return { ...each, low: undefined };
    const own = new Map(each.points);
    const low = times.map((at) => [at, base.get(at)]);
    for (const at of times) base.set(at, base.get(at) + (own.get(at) ?? 0));
    return { ...each, low, points: times.map((at) => [at, base.get(at)]) };
  });
  const top = max ?? (Math.max(...drawn.flatMap(({ points }) => points.map(([, value]) => value))) * 1.1 || 1);
  const x = (at) => left + ((at - start) / (end - start)) * (width - left - right);
  const y = (value) => height - (Math.min(value, top) / top) * (height - 8);
  const ticks = [0, 0.5, 1].map((share) => ({ value: share * top, text: shown(share * top, unit) }));
  const path = (points) =>
    points.map(([at, value], i) => `${i === 0 ? "M" : "L"}${x(at).toFixed(1)} ${y(value).toFixed(1)}`).join("");
  const shapes = drawn.map(({ points, low }, i) => {
    const colour = colours[i % colours.length];
    const area =
      low &&
      `<path d="${path(points)}${path([...low].reverse()).replace("M", "L")}Z" fill="${colour}" fill-opacity=".35"/>`;
    return `${area ?? ""}<path d="${path(points)}" fill="none" stroke="${colour}" stroke-width="1.5"/>`;
  });
  const legend = series.map(
    ({ name, points }, i) =>
      `<li><i style="background:${colours[i % colours.length]}"></i>${markup(name)} ${shown(points.at(-1)[1], unit)}</li>`,
  );
  return `<svg width="${width}" height="${height + 20}" font-size="10">${frame({ width, start, end, ticks, y })}${shapes.join("")}</svg><ul>${legend.join("")}</ul>`;
}

function heatOf(series, { width, start, end, unit }) {
  const bounds = series
    .map(({ metric, points }) => ({ le: Number(metric.le.replace("+Inf", "Infinity")), points: new Map(points) }))
    .sort((a, b) => a.le - b.le);
  const times = [...bounds.at(-1).points.keys()];
  const rows = bounds.map(({ le, points }, i) => ({
    le,
    counts: times.map((at) => Math.max(0, (points.get(at) ?? 0) - (i === 0 ? 0 : (bounds[i - 1].points.get(at) ?? 0)))),
  }));
  const used = rows.filter(({ counts }) => counts.some((count) => count > 1e-9));
  if (used.length === 0) return '<div class="big" style="color:#999">No data</div>';
  const most = Math.max(...used.flatMap(({ counts }) => counts));
  const cell = { w: (width - left - right) / Math.max(1, times.length), h: (height - 8) / used.length };
  const y = (i) => height - (i + 1) * cell.h;
  const cells = used.flatMap(({ counts }, i) =>
    counts.map((count, j) =>
      count > 1e-9
        ? `<rect x="${left + ((times[j] - start) / (end - start)) * (width - left - right)}" y="${y(i)}" width="${cell.w + 0.5}" height="${cell.h - 1}" fill="#1f5fa8" fill-opacity="${0.12 + 0.88 * Math.sqrt(count / most)}"/>`
        : "",
    ),
  );
  const ticks = used.map(
    ({ le }, i) =>
      `<text x="${left - 6}" y="${y(i) + cell.h / 2 + 4}" text-anchor="end">≤ ${le === Number.POSITIVE_INFINITY ? "∞" : shown(le, unit)}</text>`,
  );
  return `<svg width="${width}" height="${height + 20}" font-size="10">${frame({ width, start, end, ticks: [], y: () => 0 })}${cells.join("")}${ticks.join("")}</svg>`;
}
