import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { metricNames, type Query, queriesOf } from "../../scripts/dashboard-queries.mjs";
import { dashboardFiles } from "../../scripts/grafana-model.mjs";
import { createMetrics } from "../../src/platform/index.ts";
import { drawEye } from "../support/eye.ts";
import { natsProgram, startNats, type TestNats } from "../support/nats-server.ts";
import { type NodeProcess, startNode } from "../support/node-process.ts";
import { prometheusProgram, startPrometheus, type TestPrometheus } from "../support/prometheus.ts";
import { startServer, type TestServer, until } from "../support/server.ts";

const root = resolve(import.meta.dirname, "../..");
const read = (path: string): string => readFileSync(join(root, path), "utf8");

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly datasource?: { readonly uid: string };
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly fieldConfig?: { readonly defaults: { readonly unit?: string } };
}
interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly schemaVersion: number;
  readonly templating: { readonly list: readonly { readonly name: string; readonly type: string }[] };
  readonly panels: readonly Panel[];
}
interface Rule {
  readonly record?: string;
  readonly alert?: string;
  readonly expr: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

const files = readdirSync(join(root, "grafana/dashboards")).filter((name) => name.endsWith(".json"));
const dashboards = files.map((name) => JSON.parse(read(`grafana/dashboards/${name}`)) as Dashboard);
const ruleFiles = readdirSync(join(root, "grafana/rules")).filter((name) => name.endsWith(".yml"));
const rules = ruleFiles.flatMap((name) =>
  (parse(read(`grafana/rules/${name}`)) as { groups: { rules: Rule[] }[] }).groups.flatMap((group) => group.rules),
);
const recorded = rules.flatMap(({ record }) => record ?? []);
const queries = dashboards.flatMap((each) => queriesOf(each, "30s"));

/** Every series name that a server exports, and those that Prometheus makes of a scrape itself. */
async function exportedNames(): Promise<Set<string>> {
  const all = await createMetrics().registry.getMetricsAsJSON();
  const names = all.flatMap(({ name, type }) =>
    String(type) === "histogram" ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
  );
  return new Set([...names, "up", "scrape_duration_seconds"]);
}

describe("the dashboards", () => {
  it("are those that scripts/generate-dashboards.mjs makes", () => {
    const made = dashboardFiles();
    expect(made.map(([name]) => name).sort()).toEqual([...files].sort());
    for (const [name, text] of made) expect(read(`grafana/dashboards/${name}`), name).toBe(text);
  });

  it.each(dashboards.map((each) => [each.title, each] as const))(
    "%s can be imported, and explains itself",
    (_t, each) => {
      expect(each.uid).toMatch(/^fovea-[a-z]+$/);
      expect(each.schemaVersion).toBeGreaterThanOrEqual(39);
      expect(each.templating.list).toContainEqual(expect.objectContaining({ name: "datasource", type: "datasource" }));
      const panels = each.panels.filter(({ type }) => type !== "row");
      expect(new Set(each.panels.map(({ id }) => id)).size).toBe(each.panels.length);
      for (const { title, description, datasource, fieldConfig } of panels) {
        expect(description?.length, title).toBeGreaterThan(40);
        expect(datasource?.uid, title).toBe("$" + "{datasource}");
        expect(fieldConfig?.defaults.unit, title).toMatch(/./);
      }
      for (const one of each.panels)
        for (const other of each.panels) expect(one.id !== other.id && overlap(one, other), one.title).toBe(false);
    },
  );

  it("have addresses of their own", () => {
    expect(dashboards.length).toBeGreaterThan(5);
    expect(new Set(dashboards.map(({ uid }) => uid)).size).toBe(dashboards.length);
  });
});

const overlap = ({ gridPos: a }: Panel, { gridPos: b }: Panel): boolean =>
  a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;

describe("the expressions", () => {
  it("name only metrics that are exported or recorded", async () => {
    const known = new Set([...(await exportedNames()), ...recorded]);
    const asked = [
      ...queries.map(({ panel, expr }) => [panel, expr]),
      ...rules.map((r) => [r.alert ?? r.record, r.expr]),
    ];
    for (const [where, expr] of asked) {
      const names = metricNames(expr as string);
      expect(names.length, `${where}`).toBeGreaterThan(0);
      for (const name of names) expect(known.has(name), `${where}: ${name}`).toBe(true);
    }
  });

  it("leave no recorded ratio unread", () => {
    const texts = [...queries, ...rules].map(({ expr }) => expr).join("\n");
    for (const name of recorded) expect(texts.includes(name), name).toBe(true);
  });
});

describe("the alerts", () => {
  const alerts = rules.filter(({ alert }) => alert !== undefined);
  it("say how urgent they are, and lead to their place in the runbook", () => {
    const headings = new Set(
      [...read("docs/runbook.md").matchAll(/^##+ (.+)$/gm)].map(([, words = ""]) =>
        words
          .toLowerCase()
          .replaceAll(/[^a-z0-9 -]/g, "")
          .replaceAll(" ", "-"),
      ),
    );
    for (const { alert, labels, annotations } of alerts) {
      expect(labels?.["severity"], alert).toMatch(/^(page|ticket)$/);
      expect(annotations?.["summary"], alert).toMatch(/./);
      const [file, anchor = ""] = annotations?.["runbook"]?.split("#") ?? [];
      expect(file, alert).toBe("docs/runbook.md");
      expect(headings, alert).toContain(anchor);
      expect(read("docs/runbook.md"), alert).toContain(`\`${alert}\``);
    }
  });

  const promtool = prometheusProgram("promtool");
  it.skipIf(promtool === undefined)("fire when they should and not before (promtool)", () => {
    const tests = readdirSync(join(root, "grafana/rules/tests")).map((name) => join(root, "grafana/rules/tests", name));
    execFileSync(promtool as string, ["check", "rules", ...ruleFiles.map((name) => join(root, "grafana/rules", name))]);
    execFileSync(promtool as string, ["test", "rules", ...tests]);
    const tested = tests.map((file) => readFileSync(file, "utf8")).join("\n");
    for (const { alert } of alerts) expect(tested, alert).toMatch(new RegExp(`alertname: ${alert}\n +exp_alerts:\n`));
  });
});

const isProgram = prometheusProgram("prometheus") !== undefined && natsProgram !== undefined;

describe.skipIf(!isProgram)("under a small load, scraped by a real Prometheus (needs it, and nats-server)", () => {
  let nats: TestNats;
  let server: TestServer;
  let node: NodeProcess;
  let prometheus: TestPrometheus;
  let eyes: Buffer[];

  beforeAll(async () => {
    nats = await startNats();
    eyes = await Promise.all(Array.from({ length: 8 }, (_, i) => drawEye(700 + i)));
    server = await startServer({ NATS_URL: nats.url, WORKERS: "1", SECOND_LOOKS: "when-unavailable" });
    node = await startNode("dashboards", nats.url);
    await server.ready();
    prometheus = await startPrometheus({ fovea: [new URL(server.url).host] });
  });
  afterAll(async () => {
    await prometheus?.close();
    await Promise.all([server?.stop(), node?.stop()]);
    await nats?.close();
  });

  const post = async (path: string, body: Uint8Array<ArrayBuffer> | string, headers: Record<string, string> = {}) => {
    const answer = await fetch(`${server.url}${path}`, { method: "POST", body, headers });
    await answer.arrayBuffer();
    return answer.status;
  };
  const cases = "/v1/programmes/cataract/cases";

  /** A little of everything: both readers, a batch, what is refused, and addresses that nobody answers. */
  async function load(round: number): Promise<void> {
    const eye = (i: number) => new Uint8Array(eyes[(round + i) % eyes.length] as Buffer);
    await Promise.all([
      post(cases, eye(0)),
      post(`${cases}?strategy=mean`, eye(1)),
      post(cases, "no image at all"),
      post(cases, eye(2), { "x-deadline-ms": "100000000" }),
      post(`/nowhere/${round}`, "x"),
    ]);
  }

  it("every panel shows something, but for those that say when they are empty", async () => {
    const items = eyes.map((each) => JSON.stringify({ image: each.toString("base64") })).join("\n");
    expect(await post("/v1/batches?programme=cataract", items, { "content-type": "application/x-ndjson" })).toBe(202);
    let round = 0;
    let empty: Query[] = [];
    const isShown = async ({ expr }: Query) => (await prometheus.query(expr)).some(({ value }) => !Number.isNaN(value));
    await until(
      async () => {
        await load(round++);
        const shown = await Promise.all(queries.map(isShown));
        empty = queries.filter((_, i) => !shown[i]);
        return empty.every(({ quiet }) => quiet !== undefined && quiet !== "only with NATS_URL");
      },
      100_000,
      "the panels",
    ).catch((error: unknown) => {
      const must = empty.filter(({ quiet }) => quiet === undefined || quiet === "only with NATS_URL");
      throw new Error(must.map(({ dashboard, panel, expr }) => `${dashboard}: ${panel}: ${expr}`).join("\n"), {
        cause: error,
      });
    });
  });

  it("no rule fails, and nothing fires where all is well", async () => {
    const answer = await fetch(`${prometheus.url}/api/v1/rules`);
    const { data } = (await answer.json()) as {
      data: { groups: { rules: { name: string; health: string; lastError?: string; state?: string }[] }[] };
    };
    const all = data.groups.flatMap((group) => group.rules);
    expect(all.length).toBe(rules.length);
    expect(all.filter(({ health }) => health === "err")).toEqual([]);
    expect(all.filter(({ state }) => state === "firing").map(({ name }) => name)).toEqual([]);
  });
});
