import { existsSync } from "node:fs";
import axe from "axe-core";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import sharp from "sharp";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type CaseRecord, disclaimer } from "../../src/contracts/index.ts";
import { drawEye } from "../support/eye.ts";
import { startServer, type TestServer } from "../support/server.ts";

const executablePath = [process.env["CHROMIUM_PATH"], "/usr/bin/chromium"].find(
  (path) => path !== undefined && existsSync(path),
);
const phone = { width: 390, height: 844 };
const desk = { width: 1280, height: 900 };
const imageBytesMax = 1_000_000;

interface Upload {
  readonly name: string;
  readonly mimeType: string;
  readonly buffer: Buffer;
}
const jpeg = (name: string, buffer: Buffer): Upload => ({ name, mimeType: "image/jpeg", buffer });

describe.skipIf(executablePath === undefined)(
  "the screening page in a real browser (needs Chromium in CHROMIUM_PATH or /usr/bin/chromium)",
  () => {
    let server: TestServer;
    let browser: Browser;
    let context: BrowserContext;
    let page: Page;
    let complaints: string[];

    beforeAll(async () => {
      server = await startServer({ IMAGE_BYTES_MAX: String(imageBytesMax) });
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
      context.on("console", (message) => {
        // A refusal is an answer like any other here; the browser calls every 4xx a failed resource.
        if (message.type() === "error" && !message.text().startsWith("Failed to load resource"))
          complaints.push(message.text());
      });
      page = await context.newPage();
    }

    async function open(url = server.url): Promise<void> {
      await page.goto(url);
      await page.locator("#programmes input:enabled").first().waitFor();
    }

    const choose = (files: readonly Upload[]) => page.locator("#files").setInputFiles([...files]);
    const rows = (phase: string) => page.locator(`.row[data-phase=${phase}]`);
    const finished = () => page.getByText(/^(All \d+ finished|Finished)$/).waitFor();

    /** What a person does with a mouse, from outside the browser. */
    async function drop(files: readonly Upload[]): Promise<void> {
      const plain = files.map(({ name, mimeType, buffer }) => ({ name, mimeType, base64: buffer.toString("base64") }));
      const dataTransfer = await page.evaluateHandle((all) => {
        const transfer = new DataTransfer();
        for (const { name, mimeType, base64 } of all) {
          const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
          transfer.items.add(new File([bytes], name, { type: mimeType }));
        }
        return transfer;
      }, plain);
      await page.dispatchEvent("h1", "dragenter", { dataTransfer });
      await page.locator("#veil").waitFor();
      await page.dispatchEvent("h1", "drop", { dataTransfer });
      await page.locator("#veil").waitFor({ state: "hidden" });
    }

    const overhang = () =>
      page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

    async function violations(): Promise<string[]> {
      await page.evaluate(axe.source);
      return page.evaluate(async () => {
        const { axe: checker } = globalThis as unknown as { axe: { run(): Promise<axe.AxeResults> } };
        const found = (await checker.run()).violations.filter(({ impact }) => /serious|critical/.test(impact ?? ""));
        return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
      });
    }

    it("says of every file that is no readable picture what is wrong with it", async () => {
      await open();
      const eye = await drawEye(5);
      await drop([
        { name: "letter.txt", mimeType: "text/plain", buffer: Buffer.from("Dear doctor") },
        jpeg("cut-off.jpg", eye.subarray(0, eye.length / 3)),
        jpeg("empty.jpg", Buffer.alloc(0)),
        jpeg("preview.jpg", await sharp(eye).resize(8, 8).jpeg().toBuffer()),
        jpeg("huge.jpg", Buffer.concat([eye, Buffer.alloc(imageBytesMax)])),
      ]);
      await finished();
      const said = await rows("refused").locator(".outcome").allTextContents();
      expect(said).toEqual([
        "Not read: this is not a picture",
        "Not read: this picture is damaged or cut off",
        "Not read: this file is empty",
        "Not read: this picture is too small",
        "Not read: this file is too large",
      ]);
      await expect.poll(() => page.locator("#announcements").textContent()).toBe("5 pictures. Not read: 5.");
      expect(complaints).toEqual([]);
    });

    it("says that a picture is too dark, as a decision and not as a refusal", async () => {
      await open();
      const dark = await sharp(await drawEye(2))
        .linear(0.04, 0)
        .jpeg()
        .toBuffer();
      await drop([jpeg("night.jpg", dark)]);
      await finished();
      expect(await rows("done").locator(".advice").textContent()).toMatch(/too dark.*Take the picture again\.$/);
      expect(await rows("done").locator(".outcome").textContent()).toBe("A person must look");
    });

    it("holds only so many, says how many it turned away, and cancels all of them", async () => {
      await open();
      await page.route("**/cases", () => undefined);
      const eye = await drawEye(1, 64, 48);
      await choose(Array.from({ length: 503 }, (_, i) => jpeg(`${i}.jpg`, eye)));
      await expect.poll(() => page.locator("#message").textContent()).toMatch(/^3 of 503 pictures were not added/);
      expect(await page.locator(".row").count()).toBe(500);
      await page.getByRole("button", { name: "Cancel 0.jpg" }).click();
      await page.getByRole("button", { name: "Cancel all" }).click();
      await finished();
      expect(await rows("cancelled").count()).toBe(500);
      await page.getByRole("button", { name: "Remove finished" }).click();
      await page.locator("#queue").waitFor({ state: "hidden" });
    });

    it("sends again with the same key after a 429 and after a lost connection, and not before it may", async () => {
      await open();
      const keys: (string | undefined)[] = [];
      const times: number[] = [];
      await page.route("**/cases", async (route) => {
        keys.push(route.request().headers()["idempotency-key"]);
        times.push(performance.now());
        if (keys.length === 1)
          return route.fulfill({
            status: 429,
            headers: { "retry-after": "2" },
            contentType: "application/problem+json",
            body: JSON.stringify({ code: "queue-full", retryable: true }),
          });
        return keys.length === 2 ? route.abort("connectionreset") : route.continue();
      });
      await choose([jpeg("eye.jpg", await drawEye(1))]);
      await page
        .getByText(/Waiting to be sent again \(the server has too much to do; sent 1 times? so far\)/)
        .waitFor();
      await finished();
      expect(keys).toHaveLength(3);
      expect(new Set(keys).size).toBe(1);
      expect(keys[0]).toMatch(/^[0-9a-f]{32}$/);
      expect((times[1] as number) - (times[0] as number)).toBeGreaterThanOrEqual(1990);
      expect(await rows("done").count()).toBe(1);
    });

    it("waits with the pictures until the server is ready, and says so", async () => {
      let asked = 0;
      await page.route("**/readyz", (route) =>
        ++asked < 3
          ? route.fulfill({ status: 503, json: { ready: false, engine: { state: "starting" }, programmes: [] } })
          : route.continue(),
      );
      await open();
      await page.getByText(/The readers are getting ready/).waitFor();
      await choose([jpeg("eye.jpg", await drawEye(1))]);
      expect(await rows("waiting").count()).toBe(1);
      await finished();
      expect(asked).toBe(3);
      expect(await page.locator("#readiness").isVisible()).toBe(false);
    });

    it("offers no programme that cannot answer, and says why not", async () => {
      const missing = { id: "other", title: "Other", description: "", positive: "other", views: [], status: "missing" };
      await page.route("**/v1/programmes", async (route) => {
        const response = await route.fetch();
        const { programmes } = (await response.json()) as { programmes: object[] };
        await route.fulfill({ json: { programmes: [{ ...missing, reason: "its pack is not here" }, ...programmes] } });
      });
      await open();
      const other = page.getByRole("radio", { name: "Other Not installed: its pack is not here" });
      expect(await other.isDisabled()).toBe(true);
      expect(await page.getByRole("radio", { name: /^Cataract/ }).isChecked()).toBe(true);
    });

    it("shows for one dropped picture the outcome, the band, both readings and the disclaimer", async () => {
      await open();
      const answer = page.waitForResponse(/\/cases$/);
      await drop([jpeg("eye.jpg", await drawEye(3))]);
      const { decision, id, readings } = (await (await answer).json()) as CaseRecord;
      await finished();
      const row = rows("done");
      expect(await row.locator(".outcome").textContent()).toMatch(/^(A person must look|Signs of|No sign of)/);
      expect(await row.getByText(disclaimer, { exact: true }).isVisible()).toBe(true);
      const bar = row.getByRole("img", { name: /^Fast reader: [\w. ]+%.*uncertain between\.$/ });
      expect(await bar.isVisible()).toBe(true);
      const text = (await row.textContent()) ?? "";
      for (const words of [decision.explanation, id, ...readings.map(({ pack }) => pack), "Quality of the picture"])
        expect(text).toContain(words);
      expect(complaints).toEqual([]);
    });

    it("reads ten at once, four at a time, each with a key of its own", async () => {
      await open();
      const keys = new Set<string | undefined>();
      let openNow = 0;
      let openMost = 0;
      await page.route("**/cases", async (route) => {
        keys.add(route.request().headers()["idempotency-key"]);
        openMost = Math.max(openMost, ++openNow);
        const response = await route.fetch();
        openNow--;
        await route.fulfill({ response });
      });
      await drop(
        await Promise.all(Array.from({ length: 10 }, async (_, i) => jpeg(`eye-${i}.jpg`, await drawEye(i + 10)))),
      );
      await finished();
      expect(await rows("done").count()).toBe(10);
      expect(await page.getByText(disclaimer, { exact: true }).count()).toBe(11);
      expect(keys.size).toBe(10);
      expect(openMost).toBeGreaterThan(1);
      expect(openMost).toBeLessThanOrEqual(4);
      expect(complaints).toEqual([]);
    });

    it("takes a pasted picture", async () => {
      await open();
      await page.evaluate(
        (base64) => {
          const clipboardData = new DataTransfer();
          const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
          clipboardData.items.add(new File([bytes], "image.png", { type: "image/png" }));
          document.dispatchEvent(new ClipboardEvent("paste", { clipboardData }));
        },
        (await drawEye(8)).toString("base64"),
      );
      await finished();
      expect(await rows("done").count()).toBe(1);
    });

    it("lays what the fine reader looked at over the picture, as strongly as a person wants, without a mouse", async () => {
      // Listened for from the start: a dialogue that opens before the browser knows of the listener is lost.
      const chooser = page.waitForEvent("filechooser");
      await open();
      const focused = () =>
        page.evaluate(() => {
          const { activeElement: place } = document;
          return place === null || place === document.body ? "" : place.id || (place.textContent ?? "");
        });
      const tabTo = async (goal: string) => {
        for (let step = 0; step < 40 && (await focused()) !== goal; step++) await page.keyboard.press("Tab");
        expect(await focused()).toBe(goal);
      };
      await tabTo("files");
      await page.keyboard.press("Enter");
      await (await chooser).setFiles([jpeg("eye.jpg", await drawEye(6))]);
      await finished();
      await tabTo("Show what the fine reader looked at");
      await page.keyboard.press("Enter");
      await page.getByRole("slider").waitFor();
      const strength = () => page.locator(".overlay").evaluate((image) => (image as HTMLElement).style.opacity);
      expect(await strength()).toBe("0.6");
      await page.keyboard.press("ArrowRight");
      expect(await strength()).toBe("0.65");
      const box = (selector: string) => page.locator(selector).boundingBox();
      expect(await box(".overlay")).toEqual(await box(".stage img:first-child"));
      expect(complaints).toEqual([]);
    });

    it("says so where there is no image of what the fine reader looked at, and where a browser cannot show a picture", async () => {
      await page.route("**/v1/cases/*/*", (route) => route.fulfill({ status: 404, json: { code: "route-not-found" } }));
      await open();
      const tiff = await sharp(await drawEye(4))
        .tiff()
        .toBuffer();
      await choose([{ name: "scan.tiff", mimeType: "image/tiff", buffer: tiff }]);
      await finished();
      await page.getByText("This browser cannot show scan.tiff.").waitFor();
      await page.getByRole("button", { name: "Show what the fine reader looked at" }).click();
      await page.getByText("For this picture the server has no image of what the fine reader looked at.").waitFor();
    });

    it("lets go of every picture that has left the list", async () => {
      await page.addInitScript(() => {
        const urls = new Set<string>();
        const { createObjectURL, revokeObjectURL } = URL;
        URL.createObjectURL = (blob) => {
          const url = createObjectURL.call(URL, blob);
          urls.add(url);
          return url;
        };
        URL.revokeObjectURL = (url) => {
          urls.delete(url);
          revokeObjectURL.call(URL, url);
        };
        Object.assign(globalThis, { urls });
      });
      await open();
      const heldUrls = () => page.evaluate(() => (globalThis as unknown as { urls: Set<string> }).urls.size);
      await choose([jpeg("a.jpg", await drawEye(1)), jpeg("b.jpg", await drawEye(2))]);
      await finished();
      expect(await heldUrls()).toBe(2);
      await page.getByRole("button", { name: "Remove finished" }).click();
      expect(await heldUrls()).toBe(0);
      expect(await page.evaluate(() => document.activeElement?.id)).toBe("files");
    });
    it("asks for a key when one is needed, again when it is wrong, and keeps it in this tab alone", async () => {
      const key = "k".repeat(40);
      const locked = await startServer({ API_KEY: key });
      try {
        // The page itself came through something that knows the key; the calls of its program did not.
        await page.route(/\/(assets\/.*)?$/, (route) =>
          route.continue({ headers: { ...route.request().headers(), "x-api-key": key } }),
        );
        await page.goto(locked.url);
        const dialog = page.getByRole("dialog", { name: "This server asks for a key" });
        await dialog.waitFor();
        expect(await violations()).toEqual([]);
        await dialog.getByLabel("Key", { exact: true }).fill("w".repeat(40));
        await page.keyboard.press("Enter");
        await dialog.getByText("That key is not accepted.").waitFor();
        await dialog.getByLabel("Key", { exact: true }).fill(key);
        await dialog.getByRole("button", { name: "Use this key" }).click();
        await page.locator("#programmes input:enabled").first().waitFor();
        await choose([jpeg("eye.jpg", await drawEye(1))]);
        await finished();
        expect(await rows("done").count()).toBe(1);
        expect(
          await page.evaluate(() => [Object.values(sessionStorage), localStorage.length, document.cookie]),
        ).toEqual([[key], 0, ""]);
      } finally {
        await locked.stop();
      }
    });

    it.each([
      ["on a phone", { viewport: phone }],
      // What a zoom of 200 % makes of a window of 1280 by 900.
      ["at a zoom of 200 %", { viewport: { width: 640, height: 450 }, deviceScaleFactor: 2 }],
    ])("needs no sideways scroll %s, whatever it shows", async (_where, options) => {
      await openContext(options);
      await open();
      const name = `${"a-name-without-any-gap".repeat(8)}.jpg`;
      await choose([jpeg(name, await drawEye(7)), jpeg("not.jpg", Buffer.from("no"))]);
      await finished();
      for (const summary of await page.locator("summary").all()) await summary.click();
      await page.locator(".stage").waitFor();
      expect(await overhang()).toBeLessThanOrEqual(0);
    });

    it.each(["light", "dark"] as const)(
      "has no serious barrier, empty, with results and with refusals, in %s",
      async (colorScheme) => {
        await openContext({ viewport: desk, colorScheme });
        await open();
        expect(await violations(), "empty").toEqual([]);
        await choose([jpeg("eye.jpg", await drawEye(9))]);
        await finished();
        await page.locator(".stage img").waitFor();
        expect(await violations(), "results").toEqual([]);
        await choose([jpeg("cut-off.jpg", Buffer.from([0xff, 0xd8, 0xff])), jpeg("empty.jpg", Buffer.alloc(0))]);
        await finished();
        expect(await rows("refused").count()).toBe(2);
        expect(await violations(), "refusals").toEqual([]);
        // A checker that sees nothing finds nothing either.
        await page.evaluate(() =>
          document.querySelector("main")?.append(new Image(9, 9), document.createElement("button")),
        );
        expect((await violations()).join()).toMatch(/button-name.*image-alt/);
      },
    );
  },
);
