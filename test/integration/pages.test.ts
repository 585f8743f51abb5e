import { existsSync } from "node:fs";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { disclaimer } from "../../src/contracts/index.ts";
import { drawEye } from "../support/eye.ts";
import { startServer, type TestServer } from "../support/server.ts";

// The distribution's own browser: nothing is downloaded for this test.
const executablePath = [process.env["CHROMIUM_PATH"], "/usr/bin/chromium"].find(
  (path) => path !== undefined && existsSync(path),
);
const pages = ["/", "/people", "/people/018f0000-0000-7000-8000-000000000000", "/docs", "/docs/problems"];
/** Pages to read, and those of the source systems: all of it from here, whatever their library would like to ask. */
const documents = ["/redoc", "/p/dr/docs", "/p/dr/redoc", "/p/eye/redoc"];
const phone = { width: 390, height: 844 };
const operation = "#operations-programmes-listProgrammes";

describe.skipIf(executablePath === undefined)(
  "the pages in a real browser (needs Chromium in CHROMIUM_PATH or /usr/bin/chromium)",
  () => {
    let server: TestServer;
    let browser: Browser;
    let context: BrowserContext;
    let page: Page;
    let complaints: string[];
    let strangers: string[];

    beforeAll(async () => {
      server = await startServer();
      browser = await chromium.launch({ executablePath: executablePath as string, args: ["--no-sandbox"] });
      // Until then the page at / asks whether it is, and a browser writes every 503 into its console.
      await server.ready();
    });
    afterAll(async () => {
      await browser?.close();
      await server?.stop();
    });

    beforeEach(async () => {
      complaints = [];
      strangers = [];
      context = await browser.newContext({ viewport: phone });
      context.on("request", (request) => {
        // What the page makes for itself, an icon in a style sheet, is no request to anyone.
        if (!/^(data|blob):/.test(request.url()) && new URL(request.url()).origin !== server.url)
          strangers.push(request.url());
      });
      context.on("requestfailed", (request) => complaints.push(`failed: ${request.url()}`));
      context.on("response", (response) => {
        if (response.status() >= 400) complaints.push(`${response.status()}: ${response.url()}`);
      });
      context.on("weberror", (error) => complaints.push(error.error().message));
      // A violated content security policy is an error in the console, too.
      context.on("console", (message) => {
        if (["error", "warning"].includes(message.type())) complaints.push(message.text());
      });
      page = await context.newPage();
    });
    afterEach(() => context.close());

    async function open(path: string): Promise<void> {
      await page.goto(`${server.url}${path}`, { waitUntil: "load" });
      if (path === "/docs") await page.locator(operation).waitFor();
      else if (path.endsWith("/docs")) await page.locator(".opblock").first().waitFor();
      else if (path.endsWith("/redoc")) await page.locator("#reading h1").waitFor();
      else if (path.startsWith("/people")) await page.locator("#line[data-state=live]").waitFor();
    }

    /** How many CSS pixels stick out on the right, of the page or of a part that would scroll by itself. */
    const overhang = (): Promise<number> =>
      page.evaluate(`Math.max(...[document.documentElement, document.body, document.querySelector("main")].map(
        (part) => part.scrollWidth - part.clientWidth))`);

    it("sees a violated policy, a missing file and a foreign origin, so that their absence means something", async () => {
      await open("/");
      await page.evaluate(`document.body.append(Object.assign(document.createElement("script"), { text: "0" }))`);
      await page.evaluate(`fetch("/nowhere")`);
      await page.evaluate(`document.body.append(Object.assign(new Image(), { src: "http://127.0.0.1:9/x.png" }))`);
      for (const complaint of [/inline script/, /404: /, /img-src/])
        await expect.poll(() => complaints.join("\n")).toMatch(complaint);
      await page.goto("about:blank");
      await page.goto(`http://localhost:${server.port}/livez`);
      expect(strangers).toContain(`http://localhost:${server.port}/livez`);
    });

    it.each([...pages, ...documents])(
      "%s loads without an error, a violated policy or a word to another origin",
      async (path) => {
        await open(path);
        await page.waitForLoadState("networkidle");
        // Nobody is there yet, and a browser calls that answer a failed resource.
        expect(complaints.filter((each) => !(path.startsWith("/people/") && /404/.test(each)))).toEqual([]);
        expect(strangers).toEqual([]);
      },
    );

    it.each(documents)("%s shows every operation and needs no sideways scroll on a phone", async (path) => {
      await open(path);
      const address = path.replace(/(redoc|docs)$/, "openapi.json");
      const { paths } = (await (await fetch(server.url + address)).json()) as { paths: object };
      const operations = Object.values(paths).flatMap((each) => Object.keys(each));
      const shown = path.endsWith("/redoc") ? "#reading [data-section-id*=operation]" : ".opblock";
      await expect.poll(() => page.locator(shown).count()).toBeGreaterThanOrEqual(operations.length);
      expect(
        await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth),
      ).toBe(0);
    });

    it.each(pages)("%s shows the disclaimer before anything is scrolled", async (path) => {
      await open(path);
      const box = await page.getByRole("note").getByText(disclaimer, { exact: true }).boundingBox();
      expect(box?.y).toBeGreaterThan(0);
      expect((box?.y ?? Number.NaN) + (box?.height ?? Number.NaN)).toBeLessThan(phone.height / 2);
    });

    it.each(pages)("%s needs no sideways scroll on a phone", async (path) => {
      await open(path);
      expect(await overhang()).toBeLessThanOrEqual(0);
    });

    it.each(pages)("%s shows where the keyboard is", async (path) => {
      await open(path);
      for (let step = 0; step < 12; step++) {
        await page.keyboard.press("Tab");
        const ring = await page.evaluate<string>(
          `document.activeElement.matches("body, footer *") ? "the end" : getComputedStyle(document.activeElement).outline`,
        );
        if (ring === "the end") break;
        expect(ring, `${step + 1} steps in`).toMatch(/solid 3px|3px solid/);
      }
    });

    it("leads from the landing page to every other one, and names the programmes", async () => {
      await open("/");
      const links = await page.locator("main a").evaluateAll((all) => all.map((each) => each.getAttribute("href")));
      expect(links).toEqual(
        expect.arrayContaining(["/v1/programmes/cataract", "/docs", "/docs/problems", "/readyz", "/metrics"]),
      );
      for (const link of links) expect((await fetch(`${server.url}${link}`)).status, `${link}`).toBe(200);
      expect(await page.locator("main").textContent()).toMatch(/Cataract.*Installed/s);
      expect(await page.locator("pre").textContent()).toBe(
        `curl -F image=@eye.jpg ${server.url}/v1/programmes/cataract/cases`,
      );
    });

    it("lists every operation of the document, and one of them really runs", async () => {
      await open("/docs");
      const { paths } = (await (await fetch(`${server.url}/openapi.json`)).json()) as { paths: object };
      const operations = Object.values(paths).flatMap((path) => Object.keys(path));
      // Of so many the page draws those in view alone.
      const listed = new Set<string>();
      const look = async () => {
        for (const id of await page.locator(".opblock").evaluateAll((all) => all.map((each) => each.id)))
          listed.add(id);
        await page.mouse.wheel(0, 200);
        return listed.size;
      };
      await expect.poll(look, { timeout: 60_000, interval: 50 }).toBe(operations.length);
      await page.evaluate("window.scrollTo(0, 0)");
      const block = page.locator(operation);
      await block.locator(".opblock-summary-control").click();
      await block.getByRole("button", { name: "Try it out" }).click();
      await block.getByRole("button", { name: "Execute" }).click();
      const answer = block.locator(".live-responses-table .response");
      await answer.waitFor();
      expect(await answer.locator(".response-col_status").textContent()).toMatch(/^200/);
      expect(await answer.locator(".highlight-code").first().textContent()).toContain('"id": "cataract"');
      expect(await overhang()).toBeLessThanOrEqual(0);
      expect(complaints).toEqual([]);
      expect(strangers).toEqual([]);
    });

    it("reads an image that was picked on a phone", async () => {
      await open("/docs");
      const block = page.locator("#operations-cases-createCase");
      await block.locator(".opblock-summary-control").click();
      await block.getByRole("button", { name: "Try it out" }).click();
      expect(await overhang()).toBeLessThanOrEqual(0);
      const buffer = await drawEye(3);
      await block.locator("input[type=file]").setInputFiles({ name: "eye.jpg", mimeType: "image/jpeg", buffer });
      await block.getByRole("button", { name: "Execute" }).click();
      const answer = block.locator(".live-responses-table .response");
      await answer.waitFor();
      expect(await answer.locator(".response-col_status").textContent()).toMatch(/^201/);
      expect(await answer.textContent()).toContain(disclaimer);
      expect(await overhang()).toBeLessThanOrEqual(0);
      expect(complaints).toEqual([]);
    });

    it("takes a key, which form-action 'none' does not stop, and sends it along", async () => {
      await open("/docs");
      await page.getByRole("button", { name: "Authorize" }).click();
      const form = page.locator(".auth-container", { hasText: "X-API-Key" });
      await form.locator("input").fill("a-key-of-the-test");
      await form.getByRole("button", { name: "Apply credentials" }).click();
      await form.getByRole("button", { name: "Close" }).click();
      const block = page.locator(operation);
      await block.locator(".opblock-summary-control").click();
      await block.getByRole("button", { name: "Try it out" }).click();
      const sent = page.waitForRequest(`${server.url}/v1/programmes`);
      await block.getByRole("button", { name: "Execute" }).click();
      expect((await sent).headers()["x-api-key"]).toBe("a-key-of-the-test");
      expect(complaints).toEqual([]);
    });

    it("scrolls to a problem by its code", async () => {
      await open("/docs/problems#deadline-unmeetable");
      const box = await page.locator("#deadline-unmeetable").boundingBox();
      expect(box?.y).toBeGreaterThanOrEqual(0);
      expect(box?.y).toBeLessThan(phone.height);
    });
  },
);
