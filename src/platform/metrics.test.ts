import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { createMetrics, createNodeMetrics } from "./metrics.ts";

const page = readFileSync(new URL("../../docs/metrics.md", import.meta.url), "utf8");

describe("the metrics", () => {
  it("are exactly those of docs/metrics.md, with their types and labels", async () => {
    const rows = [...page.matchAll(/^\| `(screen_\w+)`\s*\| (\w+)\s*\| ([^|]*?)\s*\|/gm)].map(
      ([, name = "", type = "", labels = ""]) => `${name} ${type} ${labels}`,
    );
    const own = createMetrics()
      .registry.getMetricsAsArray()
      .filter(({ name }) => !name.startsWith("screen_process_"))
      .map((metric) => {
        const { name, type, labelNames } = metric as unknown as { name: string; type: string; labelNames: string[] };
        return `${name} ${type} ${labelNames.join(", ")}`;
      });
    expect([...rows].sort()).toEqual([...own].sort());
  });

  it("have names that say their unit, and counters end with _total", () => {
    for (const metric of createMetrics().registry.getMetricsAsArray()) {
      const { name, type } = metric as unknown as { name: string; type: string };
      if (name.startsWith("screen_process_")) continue;
      expect(name.endsWith("_total"), name).toBe(type === "counter");
      expect(name, name).not.toMatch(/_(ms|us|mb|kb|minutes)(_|$)/);
    }
  });

  it("of a node are some of a server's, with their names", () => {
    const names = (each: { registry: { getMetricsAsArray(): { name: string }[] } }) =>
      each.registry.getMetricsAsArray().map(({ name }) => name);
    const all = new Set(names(createMetrics()));
    const own = names(createNodeMetrics());
    expect(own).toContain("screen_engine_up");
    expect(own.filter((name) => !all.has(name))).toEqual([]);
  });
});
