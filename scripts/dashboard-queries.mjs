// What the panels of a dashboard file ask of Prometheus, for the test of them and for plotting.

/** @param {{ title: string, panels: object[] }} dashboard @param {string} interval in place of Grafana's own */
export function queriesOf(dashboard, interval) {
  return dashboard.panels.flatMap((/** @type {any} */ panel) =>
    (panel.targets ?? []).map((/** @type {any} */ { expr, legendFormat }) => ({
      dashboard: dashboard.title,
      panel: panel.title,
      type: panel.type,
      unit: panel.fieldConfig.defaults.unit,
      description: panel.description,
      expr: expr.replaceAll("$__rate_interval", interval),
      legend: legendFormat,
      quiet: / Empty: (.+)\.$/.exec(panel.description)?.[1],
    })),
  );
}

/** Names of metrics in an expression: what is neither a label, a function, a keyword nor a text. */
export function metricNames(/** @type {string} */ expr) {
  const bare = expr
    .replaceAll(/"(?:[^"\\]|\\.)*"/g, '""')
    .replaceAll(/\{[^}]*\}/g, "")
    .replaceAll(/\[[^\]]*\]/g, "")
    .replaceAll(/\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g, "")
    .replaceAll(/\boffset\s+\w+/g, "");
  const words = bare.matchAll(/(?<![\w:.])([a-zA-Z_:][\w:]*)\b(?!\s*\()/g);
  return [...new Set([...words].map(([, word]) => word))].filter(
    (word) => !/^(and|or|unless|bool|inf|nan)$/i.test(word),
  );
}
