// Dashboards as Grafana 11 and later import them (schemaVersion 39).
import { dashboards } from "./dashboard-panels.mjs";

/** @typedef {import("./dashboard-panels.mjs").Panel} Panel */
/** @typedef {import("./dashboard-panels.mjs").Dashboard} Dashboard */

const columns = 24;
const heights = { stat: 4, lines: 8, stack: 8, heat: 8, table: 8 };
const types = { stat: "stat", lines: "timeseries", stack: "timeseries", heat: "heatmap", table: "table" };
// biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana puts the chosen source in its place.
const source = { type: "prometheus", uid: "${datasource}" };

/** @param {Panel} panel */
function stepsOf({ warn, bad, low }) {
  if (bad === undefined) return [{ color: "green", value: null }];
  if (low === true)
    return [
      { color: "red", value: null },
      { color: "green", value: warn },
    ];
  return [
    { color: "green", value: null },
    ...(warn === undefined ? [] : [{ color: "yellow", value: warn }]),
    { color: "red", value: bad },
  ];
}

/** @param {Panel} panel */
function defaultsOf(panel) {
  const { kind, unit, max, decimals, bad } = panel;
  const drawn = {
    drawStyle: "line",
    lineWidth: 1,
    fillOpacity: kind === "stack" ? 30 : 8,
    showPoints: "never",
    spanNulls: false,
    stacking: { mode: kind === "stack" ? "normal" : "none", group: "A" },
    thresholdsStyle: { mode: kind === "lines" && bad !== undefined ? "dashed" : "off" },
  };
  return {
    unit,
    min: 0,
    ...(max !== undefined && { max }),
    ...(decimals !== undefined && { decimals }),
    color: { mode: kind === "stat" ? "thresholds" : "palette-classic" },
    thresholds: { mode: "absolute", steps: stepsOf(panel) },
    ...((kind === "lines" || kind === "stack") && { custom: drawn }),
  };
}

/** @param {Panel} panel */
function optionsOf({ kind, unit }) {
  if (kind === "stat")
    return {
      colorMode: "value",
      graphMode: "area",
      justifyMode: "auto",
      textMode: "value",
      wideLayout: true,
      reduceOptions: { calcs: ["lastNotNull"], fields: "", values: false },
    };
  if (kind === "heat")
    return {
      calculate: false,
      cellGap: 1,
      color: {
        mode: "scheme",
        scheme: "Blues",
        steps: 64,
        exponent: 0.5,
        fill: "dark-blue",
        scale: "exponential",
        reverse: false,
      },
      filterValues: { le: 1e-9 },
      legend: { show: true },
      rowsFrame: { layout: "auto" },
      tooltip: { mode: "single", yHistogram: true },
      yAxis: { axisPlacement: "left", unit },
    };
  if (kind === "table") return { showHeader: true, cellHeight: "sm", footer: { show: false } };
  return {
    legend: { displayMode: "table", placement: "bottom", showLegend: true, calcs: ["lastNotNull", "max"] },
    tooltip: { mode: "multi", sort: "desc" },
  };
}

/** @param {Panel} panel @param {number} id @param {object} gridPos */
function panelOf(panel, id, gridPos) {
  const { kind, title, text, lines, quiet } = panel;
  const targets = lines.map(({ expr, legend }, i) => ({
    refId: String.fromCharCode(65 + i),
    datasource: source,
    expr,
    legendFormat: legend,
    editorMode: "code",
    range: kind !== "table",
    instant: kind === "table",
    ...(kind === "heat" && { format: "heatmap" }),
    ...(kind === "table" && { format: "table" }),
  }));
  return {
    id,
    type: types[kind],
    title,
    description: quiet === undefined ? text : `${text} Empty: ${quiet}.`,
    gridPos,
    datasource: source,
    targets,
    fieldConfig: { defaults: defaultsOf(panel), overrides: [] },
    options: optionsOf(panel),
    ...(kind === "table" && {
      transformations: [{ id: "organize", options: { excludeByName: { Time: true, Value: true } } }],
    }),
  };
}

/** Rows of the grid are filled from the left, each panel as wide as its kind and its neighbours ask. */
function panelsOf({ rows }) {
  const made = [];
  let id = 1;
  let y = 0;
  for (const { title, panels } of rows) {
    made.push({
      id: id++,
      type: "row",
      title,
      collapsed: false,
      gridPos: { h: 1, w: columns, x: 0, y: y++ },
      panels: [],
    });
    let x = 0;
    let rowHeight = 0;
    for (const panel of panels) {
      const h = heights[panel.kind];
      const w = panel.wide === true ? columns : widthOf(panel, panels);
      if (x + w > columns || (rowHeight > 0 && h !== rowHeight)) {
        y += rowHeight;
        x = 0;
      }
      rowHeight = h;
      made.push(panelOf(panel, id++, { h, w, x, y }));
      x += w;
    }
    y += rowHeight;
  }
  return made;
}

function widthOf({ kind }, panels) {
  const same = panels.filter((each) => (each.kind === "stat") === (kind === "stat")).length;
  if (kind === "stat") return columns / Math.min(6, Math.max(2, same));
  return same === 3 ? columns / 3 : columns / 2;
}

/** @param {Dashboard} dashboard */
export function grafanaModel(dashboard) {
  const { uid, title, text } = dashboard;
  return {
    uid,
    title,
    description: text,
    tags: ["fovea"],
    schemaVersion: 39,
    version: 1,
    editable: false,
    graphTooltip: 1,
    refresh: "30s",
    time: { from: "now-3h", to: "now" },
    timezone: "browser",
    annotations: { list: [] },
    links: [
      {
        title: "Fovea",
        type: "dashboards",
        tags: ["fovea"],
        asDropdown: true,
        includeVars: true,
        keepTime: true,
        targetBlank: false,
      },
    ],
    templating: {
      list: [
        {
          name: "datasource",
          label: "Data source",
          type: "datasource",
          query: "prometheus",
          regex: "",
          hide: 0,
          includeAll: false,
          multi: false,
          refresh: 1,
          current: {},
        },
      ],
    },
    panels: panelsOf(dashboard),
  };
}

/** @returns {[name: string, text: string][]} */
export const dashboardFiles = () =>
  dashboards.map((each) => [
    `${each.uid.replace("fovea-", "")}.json`,
    `${JSON.stringify(grafanaModel(each), null, 2)}\n`,
  ]);
