import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import axe from "axe-core";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { drawEye } from "../support/eye.ts";
import { startServer, type TestServer, until } from "../support/server.ts";

const executablePath = [process.env["CHROMIUM_PATH"], "/usr/bin/chromium"].find(
  (path) => path !== undefined && existsSync(path),
);
const phone = { width: 390, height: 844 };
const desk = { width: 1280, height: 900 };

describe.skipIf(executablePath === undefined)(
  "the page of operation in a real browser (needs Chromium in CHROMIUM_PATH or /usr/bin/chromium)",
  () => {
    let server: TestServer;
    let browser: Browser;
    let context: BrowserContext;
    let page: Page;
    let complaints: string[];

    beforeAll(async () => {
      server = await startServer({ WORKERS: "1", GRAFANA_URL: "http://grafana.test/" });
      browser = await chromium.launch({ executablePath: executablePath as string, args: ["--no-sandbox"] });
      await server.ready();
    });
    afterAll(async () => {
      await browser?.close();
      await server?.stop();
    });
    beforeEach(() => openContext({ viewport: desk }));
    afterEach(() => context.close());

    async function openContext(options: Parameters<Browser["newContext"]>[0]): Promise<void> {
      await context?.close();
      complaints = [];
      context = await browser.newContext({ reducedMotion: "reduce", ...options });
      context.on("weberror", (error) => complaints.push(error.error().message));
      page = await context.newPage();
    }

    async function open(url = server.url): Promise<void> {
      await page.goto(`${url}/ops`);
      await page.locator("#line[data-state=live]").waitFor();
    }

    const post = async (path: string, body: Uint8Array<ArrayBuffer> | string, headers: Record<string, string> = {}) =>
      (await fetch(`${server.url}${path}`, { method: "POST", body, headers })).status;
    const figure = (name: string) => page.locator("#figures li", { hasText: name });

    it("shows at once what is ready, counts a case within seconds, and says of how many each share is", async () => {
      await open();
      expect(await page.locator("#state").textContent()).toBe("Cases are accepted");
      expect(await figure("Left to a person").locator("strong").textContent()).toBe("–");
      for (let i = 0; i < 3; i++)
        expect(await post("/v1/programmes/cataract/cases", new Uint8Array(await drawEye(40 + i)))).toBe(201);
      expect(await post("/v1/programmes/cataract/cases", "no image")).toBe(400);
      await figure("Cases").locator("strong", { hasText: /^3$/ }).waitFor({ timeout: 5000 });
      expect(await figure("Left to a person").locator("small").textContent()).toBe("of 3 cases");
      expect(await figure("95 % are faster than").locator("strong").textContent()).toMatch(/ (ms|s)$/);
      await page.locator("#refused li").first().waitFor();
      expect(await page.locator("#models li").first().textContent()).toMatch(/installed.*[0-9a-f]{12}/);
      expect(await figure("Waiting").locator("a").getAttribute("href")).toBe("http://grafana.test/d/fovea-capacity");
      expect(complaints).toEqual([]);
    });

    it("shows a batch, what failed in it, and gives its results", async () => {
      const items = [await drawEye(50), await drawEye(51), Buffer.from("no image")].map((each) =>
        JSON.stringify({ image: each.toString("base64") }),
      );
      const headers = { "content-type": "application/x-ndjson" };
      expect(await post("/v1/batches?programme=cataract", items.join("\n"), headers)).toBe(202);
      await open();
      const batch = page.locator("#batches li").first();
      await batch.getByText("2 done, 1 failed, 0 left").waitFor({ timeout: 30_000 });
      const [download] = await Promise.all([
        page.waitForEvent("download"),
        batch.getByRole("button", { name: "Results (CSV)" }).click(),
      ]);
      expect(download.suggestedFilename()).toMatch(/\.csv$/);
      expect((await readFile(await download.path(), "utf8")).trim().split("\n")).toHaveLength(4);
      await batch.getByRole("button", { name: "Try the failed ones again" }).click();
      await until(async () => (await batch.textContent())?.includes("1 failed") === true, 30_000, "the second failure");
    });

    it("pauses batches with a reason, has them go on, and does not let go what waits", async () => {
      await open();
      const queue = page.locator("#work li[data-queue=batches]");
      await queue.getByRole("button", { name: "Pause" }).click();
      await page.locator("#work-words", { hasText: "Say why first" }).waitFor();
      await page.getByLabel("Why, for the audit log").fill("the store is moved");
      await queue.getByRole("button", { name: "Pause" }).click();
      await queue.locator(".value", { hasText: "paused" }).waitFor();
      expect(await queue.locator(".under").textContent()).toMatch(/^the store is moved · loopback, /);
      const items = JSON.stringify({ image: (await drawEye(60)).toString("base64") });
      const headers = { "content-type": "application/x-ndjson" };
      const posted = await fetch(`${server.url}/v1/batches?programme=cataract`, {
        method: "POST",
        body: items,
        headers,
      });
      const { links } = (await posted.json()) as { links: { self: string } };
      const counts = async () =>
        ((await (await fetch(`${server.url}${links.self}`)).json()) as { counts: Record<string, number> }).counts;
      // A case that is asked for meanwhile is answered: the queue that stands still is another one.
      expect(await post("/v1/programmes/cataract/cases", new Uint8Array(await drawEye(61)))).toBe(201);
      expect(await counts()).toMatchObject({ queued: 1, leased: 0, done: 0 });
      await page.getByLabel("Why, for the audit log").fill("moved");
      await queue.getByRole("button", { name: "Go on" }).click();
      await until(async () => (await counts())["done"] === 1, 30_000, "the batch to be read");
      await page.getByLabel("Why, for the audit log").fill("more");
      await queue.getByLabel("Batches: at once").fill("100000");
      await queue.getByRole("button", { name: "Batches: set" }).click();
      await page.locator("#work-words", { hasText: /at most \d+/ }).waitFor();
      expect(complaints).toEqual([]);
    });

    it("verifies the audit log when asked, and shows settings without secrets", async () => {
      await open();
      await page.getByRole("button", { name: "Verify now" }).click();
      await page.getByText(/^OK at .*: \d+ entries, none altered\.$/).waitFor();
      expect(await page.locator("#settings").textContent()).toContain("GRAFANA_URL");
      expect(await page.locator("#settings").textContent()).not.toContain("QUEUE_SECONDS_MAX");
      await page.getByLabel("Show those at their default as well").check();
      await page.locator("#settings").getByText("QUEUE_SECONDS_MAX", { exact: true }).waitFor();
    });

    it("shows within 5 s that the engine was killed, and that it is back", async () => {
      await open();
      const own = page.locator("#engines li").first().locator(".value");
      expect(await own.textContent()).toBe("ready");
      process.kill(server.enginePid(), "SIGKILL");
      // It may be back between two looks; that it had to start is seen in any case.
      await page
        .locator("#state[data-bad]")
        .or(page.getByText("started anew 1 time"))
        .first()
        .waitFor({ timeout: 5000 });
      await page.locator("#state:not([data-bad])").waitFor({ timeout: 60_000 });
      await page.locator("#engines").getByText("started anew 1 time").waitFor();
    });

    it("says that what it shows is old when the server cannot be reached, and goes on when it can", async () => {
      await open();
      await page.route("**/v1/ops", (route) => route.abort("connectionreset"));
      await page.getByText("The server cannot be reached. What is below is old.").waitFor();
      await page.unroute("**/v1/ops");
      await page.locator("#line[data-state=live]").waitFor();
    });

    it("asks for a key, and holds nothing until it has it", async () => {
      const key = "k".repeat(40);
      const locked = await startServer({ API_KEY: key });
      try {
        await page.goto(`${locked.url}/ops`);
        const dialog = page.getByRole("dialog", { name: "This server asks for a key" });
        await dialog.waitFor();
        expect(await page.locator("#ops").isVisible()).toBe(false);
        await dialog.getByLabel("Key", { exact: true }).fill(key);
        await dialog.getByRole("button", { name: "Use this key" }).click();
        await page.locator("#line[data-state=live]").waitFor();
        expect(await page.locator("#settings").textContent()).toContain("hidden");
        expect(await page.content()).not.toContain(key);
      } finally {
        await locked.stop();
      }
    });

    it.each([
      ["on a desk", { viewport: desk }],
      ["on a phone", { viewport: phone }],
      ["on a phone in a dark room", { viewport: phone, colorScheme: "dark" as const }],
    ])("can be read %s: no sideways scroll, nothing that a checker finds", async (_where, options) => {
      await openContext(options);
      await open();
      await page.getByLabel("Show those at their default as well").check();
      expect(
        await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth),
      ).toBeLessThanOrEqual(0);
      await page.evaluate(axe.source);
      const found = await page.evaluate(async () => {
        const { axe: checker } = globalThis as unknown as { axe: { run(): Promise<axe.AxeResults> } };
        const serious = (await checker.run()).violations.filter(({ impact }) => /serious|critical/.test(impact ?? ""));
        return serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
      });
      expect(found).toEqual([]);
      const folder = process.env["SCREENSHOTS"];
      if (folder !== undefined)
        await page.screenshot({ path: `${folder}/ops-${options.viewport.width}.png`, fullPage: true });
    });
  },
);
