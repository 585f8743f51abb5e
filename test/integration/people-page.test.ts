import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import axe from "axe-core";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { disclaimer } from "../../src/contracts/index.ts";
import { drawEye } from "../support/eye.ts";
import { startServer, type TestServer } from "../support/server.ts";

const executablePath = [process.env["CHROMIUM_PATH"], "/usr/bin/chromium"].find(
  (path) => path !== undefined && existsSync(path),
);
const phone = { width: 390, height: 844 };
const desk = { width: 1280, height: 900 };

const oculomics = {
  intraocularPressure: 24,
  cupToDiscRatio: 0.6,
  rnflThickness: 82,
  vesselDensity: 44,
  history: [
    { date: "2025-01-10", iop: 16, density: 49 },
    { date: "2025-09-02", iop: 24, density: 44 },
  ],
};

describe.skipIf(executablePath === undefined)(
  "the pages of people in a real browser (needs Chromium in CHROMIUM_PATH or /usr/bin/chromium)",
  () => {
    let dataDir: string;
    let server: TestServer;
    let browser: Browser;
    let context: BrowserContext;
    let page: Page;
    let complaints: string[];

    beforeAll(async () => {
      dataDir = await mkdtemp(join(tmpdir(), "fovea-people-"));
      server = await startServer({}, dataDir);
      browser = await chromium.launch({ executablePath: executablePath as string, args: ["--no-sandbox"] });
      await server.ready();
    });
    afterAll(async () => {
      await browser?.close();
      await server?.stop();
      await rm(dataDir, { recursive: true, force: true });
    });
    beforeEach(() => openContext({ viewport: desk }));
    afterEach(() => context.close());

    async function openContext(options: Parameters<Browser["newContext"]>[0]): Promise<void> {
      await context?.close();
      complaints = [];
      context = await browser.newContext({ reducedMotion: "reduce", ...options });
      context.on("weberror", (error) => complaints.push(error.error().message));
      context.on("console", (message) => {
        if (message.type() === "error" && !message.text().startsWith("Failed to load resource"))
          complaints.push(message.text());
      });
      page = await context.newPage();
    }

    async function open(path: string): Promise<void> {
      await page.goto(`${server.url}${path}`);
      await page.locator("#line[data-state=live]").waitFor();
    }

    /** Another client of the same server. */
    async function admit(draft: object): Promise<string> {
      const response = await fetch(`${server.url}/v1/persons`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(draft),
      });
      expect(response.status).toBe(201);
      return ((await response.json()) as { id: string }).id;
    }

    const notes = () => page.locator("#notices-list .note p:first-child").allTextContents();
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

    it("says that nobody is there yet, and what is wrong with a form that cannot be sent", async () => {
      await open("/people");
      await page.getByText("Nobody has been admitted yet.").waitFor();
      await page.getByText("Admit a person").click();
      await page.getByLabel("Age", { exact: true }).fill("two hundred");
      await page.getByRole("button", { name: "Admit", exact: true }).click();
      await page.getByText("A name is needed.").waitFor();
      await page.getByText("Whole years, 0 to 150.").waitFor();
      expect(await page.evaluate(() => (document.activeElement as HTMLInputElement).name)).toBe("name");
      await page
        .locator("#files")
        .setInputFiles([{ name: "letter.txt", mimeType: "text/plain", buffer: Buffer.from("Dear doctor") }]);
      await page.getByLabel("Name", { exact: true }).fill("Ada");
      await page.getByLabel("Age", { exact: true }).fill("52");
      await page.getByRole("button", { name: "Admit", exact: true }).click();
      await page.getByText("Not admitted: this is not a picture. Choose a JPEG, PNG").waitFor();
      const { total } = (await (await fetch(`${server.url}/v1/persons`)).json()) as { total: number };
      expect(total).toBe(0);
    });

    it("admits a person with a picture that was dropped, reads it, and takes the person through every step", async () => {
      await open("/people");
      const dataTransfer = await page.evaluateHandle(
        (base64) => {
          const transfer = new DataTransfer();
          const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
          transfer.items.add(new File([bytes], "eye.jpg", { type: "image/jpeg" }));
          return transfer;
        },
        (await drawEye(3)).toString("base64"),
      );
      await page.dispatchEvent("h1", "dragenter", { dataTransfer });
      await page.dispatchEvent("h1", "drop", { dataTransfer });
      await page.getByLabel("Name", { exact: true }).fill("Grace Sample");
      await page.keyboard.press("Enter");
      await page.waitForURL(/\/people\/[0-9a-f-]{36}$/);
      await page.getByRole("heading", { level: 1, name: "Grace Sample" }).waitFor();
      expect(await page.title()).not.toContain("Grace");
      await page.locator(".picture-frame img").waitFor();
      await page.getByRole("button", { name: "Read the picture" }).click();
      // A drawn eye is no fundus: what is said about it is not the question here, that nothing normal is said is.
      await page.locator(".finding .outcome.person").waitFor();
      expect(await page.locator("#analysis").getByText(disclaimer, { exact: true }).isVisible()).toBe(true);
      expect(await page.locator("[aria-current=step]").textContent()).toBe("2. Validation");
      await page.getByLabel("Reason (optional)").fill("It is a drawing");
      await page.getByRole("button", { name: "Reject" }).click();
      await page.getByText(/^Rejected on .*: It is a drawing$/).waitFor();
      await page.getByRole("button", { name: "Approve" }).click();
      await page.getByText(/^Approved on/).waitFor();
      await page.getByRole("button", { name: "Schedule" }).click();
      await page.getByText("Choose a day and a time.").waitFor();
      await page.getByLabel("Day and time").fill("2027-03-01T09:30");
      await page.getByRole("button", { name: "Schedule" }).click();
      await page.getByText(/^On .*2027/).waitFor();
      expect(await page.locator("[aria-current=step]").textContent()).toBe("4. Complete");
      await page.locator("#cases summary").first().click();
      await page.locator("#cases .outcome").waitFor();
      expect(await page.locator("#cases .case").count()).toBe(1);
      await page.getByRole("button", { name: /^Notifications/ }).click();
      expect((await notes())[0]).toMatch(/^Appointment scheduled for Grace Sample/);
      expect(complaints).toEqual([]);
    });

    it("hears at once of what others do, counts it, and forgets the count when it was read", async () => {
      await open("/people");
      const unread = () => page.locator("#unread").evaluate((badge) => Number.parseInt(badge.textContent ?? "0", 10));
      await page.getByRole("button", { name: /^Notifications/ }).click();
      await page.locator(".note").first().waitFor();
      const before = await unread();
      await admit({ name: "Joan News" });
      await expect.poll(notes).toContain("New case admitted: Joan News");
      expect(await page.locator("#told").textContent()).toBe("New notification: New case admitted: Joan News.");
      expect(await unread()).toBe(before + 1);
      await page.getByRole("link", { name: "Joan News", exact: true }).waitFor();
      await page.getByRole("button", { name: "Mark as read: New case admitted: Joan News" }).click();
      await expect.poll(unread).toBe(before);
      await page.getByRole("button", { name: "Mark all as read" }).click();
      await page.locator("#unread").waitFor({ state: "hidden" });
      expect(await page.locator("#notices-words").textContent()).toBe("All are read.");
    });

    it("shows after a kill and a restart what was told meanwhile, once", async () => {
      const port = String(server.port);
      await admit({ name: "Before" });
      await open("/people");
      await page.getByRole("button", { name: /^Notifications/ }).click();
      await expect.poll(notes).toContain("New case admitted: Before");
      await page.evaluate(() => {
        const told: (string | null)[] = [];
        const place = document.getElementById("told") as HTMLElement;
        new MutationObserver(() => told.push(place.textContent)).observe(place, { childList: true });
        Object.assign(globalThis, { told });
      });
      await context.setOffline(true);
      await server.kill();
      await page.locator("#line[data-state=lost]").waitFor();
      expect(await page.locator("#line").textContent()).toMatch(/^Not connected/);
      server = await startServer({ PORT: port }, dataDir);
      await server.ready();
      await admit({ name: "Missed" });
      await context.setOffline(false);
      await page.locator("#line[data-state=live]").waitFor({ timeout: 30_000 });
      await expect.poll(notes).toContain("New case admitted: Missed");
      await admit({ name: "After" });
      await expect.poll(notes).toContain("New case admitted: After");
      const seen = await notes();
      for (const name of ["Before", "Missed", "After"])
        expect(seen.filter((words) => words === `New case admitted: ${name}`)).toHaveLength(1);
      const told = await page.evaluate(() => (globalThis as unknown as { told: string[] }).told);
      expect(told.filter((words) => words.includes("Missed"))).toHaveLength(1);
      expect(told.filter((words) => words.includes("Before"))).toEqual([]);
      expect(complaints.filter((each) => !/WebSocket|ERR_/.test(each))).toEqual([]);
    });

    it("finds people by a part of the name and by status, page by page", async () => {
      for (let i = 0; i < 21; i++) await admit({ name: `Many ${i}`, age: i });
      await open("/people");
      await page.getByLabel("Search by name").fill("many");
      await page.getByText("1 to 20 of 21").waitFor();
      expect(await page.locator("#people li").count()).toBe(20);
      await page.getByRole("button", { name: "Older" }).click();
      await page.getByText("21 to 21 of 21").waitFor();
      expect(await page.locator("#people a").allTextContents()).toEqual(["Many 0"]);
      await page.getByLabel("Status").selectOption("Critical");
      await page.getByText("Nobody fits.").waitFor();
      expect(new URL(page.url()).search).toBe("");
    });

    it("draws a course with its axes, units and usual range, and has its numbers in a table", async () => {
      const id = await admit({ name: "Course", oculomics });
      await open(`/people/${id}`);
      const drawing = page.getByRole("img", { name: /^Pressure in the eye: 2 measurements, from 16 mmHg/ });
      await drawing.waitFor();
      expect(await drawing.locator("text").allTextContents()).toEqual(
        expect.arrayContaining(["10", "25", "16", "24", expect.stringMatching(/2025/)]),
      );
      await page.getByText("Pressure in the eye, mmHg. Usual range 10 to 21 mmHg.").waitFor();
      await page.getByText("As numbers").first().click();
      expect(await page.locator(".trend").first().locator("td:nth-child(2)").allTextContents()).toEqual(["24", "16"]);
      await page.getByText("Above the usual range, 10 to 21 mmHg").waitFor();
    });

    it("leaves alone what somebody types while news arrive", async () => {
      const image = (await drawEye(4)).toString("base64");
      const id = await admit({ name: "Typing", image });
      await open(`/people/${id}`);
      await page.getByRole("button", { name: "Read the picture" }).click();
      await page.getByLabel("Reason (optional)").fill("half a sent");
      await fetch(`${server.url}/v1/persons/${id}/schedule`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ appointmentDate: "2027-05-05T10:00:00+02:00" }),
      });
      await page.getByText(/^On .*2027/).waitFor();
      expect(await page.getByLabel("Reason (optional)").inputValue()).toBe("half a sent");
    });

    it("says in plain words that a person is not there, and that the server is not", async () => {
      await open("/people/018f0000-0000-7000-8000-000000000000");
      await page.getByText("This person is not in the list any more.").waitFor();
      await page.route("**/v1/persons?*", (route) => route.abort("connectionreset"));
      await page.goto(`${server.url}/people`);
      await page.getByText("The server cannot be reached.").waitFor();
      const again = page.getByRole("button", { name: "Ask again" });
      await Promise.all([page.waitForRequest("**/v1/persons?*"), again.click()]);
      await page.getByText("The server cannot be reached.").waitFor();
      // From now on it may also ask by itself, when news arrive: then the button is gone before anybody finds it.
      await page.unroute("**/v1/persons?*");
      await again.click({ timeout: 2000 }).catch(() => undefined);
      await page.locator("#people li").first().waitFor();
    });

    it("asks for a key, opens without one and holds nobody's name until it has it", async () => {
      const key = "k".repeat(40);
      const locked = await startServer({ API_KEY: key });
      try {
        for (const path of ["/people", "/people/018f0000-0000-7000-8000-000000000000"])
          expect((await fetch(locked.url + path)).status).toBe(200);
        for (const path of ["/v1/persons", "/v1/notifications"])
          expect((await fetch(locked.url + path)).status).toBe(401);
        await page.goto(`${locked.url}/people`);
        const dialog = page.getByRole("dialog", { name: "This server asks for a key" });
        await dialog.getByLabel("Key", { exact: true }).fill(key);
        await dialog.getByRole("button", { name: "Use this key" }).click();
        await page.locator("#line[data-state=live]").waitFor();
        await page.getByText("Nobody has been admitted yet.").waitFor();
        expect(await page.locator("#key-needed").isVisible()).toBe(false);
      } finally {
        await locked.stop();
      }
    });

    it.each([
      ["on a phone", { viewport: phone }],
      ["at a zoom of 200 %", { viewport: { width: 640, height: 450 }, deviceScaleFactor: 2 }],
    ])("needs no sideways scroll %s, whatever it shows", async (_where, options) => {
      const image = (await drawEye(5)).toString("base64");
      const id = await admit({ name: "a-name-without-any-gap".repeat(4), oculomics, image });
      await openContext(options);
      await open("/people");
      await page.getByText("Admit a person").click();
      await page.getByRole("button", { name: /^Notifications/ }).click();
      await page.locator(".note").first().waitFor();
      expect(await overhang()).toBeLessThanOrEqual(0);
      await open(`/people/${id}`);
      await page.getByRole("button", { name: "Read the picture" }).click();
      await page.locator(".finding").waitFor();
      await page.locator("#cases summary").first().click();
      for (const summary of await page.locator(".trend summary").all()) await summary.click();
      expect(await overhang()).toBeLessThanOrEqual(0);
    });

    it.each(["light", "dark"] as const)("has no serious barrier in %s", async (colorScheme) => {
      const image = (await drawEye(6)).toString("base64");
      const id = await admit({ name: "Barrier", oculomics, image });
      await openContext({ viewport: desk, colorScheme });
      await open("/people");
      await page.getByText("Admit a person").click();
      await page.getByRole("button", { name: "Admit", exact: true }).click();
      await page.getByRole("button", { name: /^Notifications/ }).click();
      await page.locator(".note").first().waitFor();
      expect(await violations(), "the list").toEqual([]);
      await open(`/people/${id}`);
      expect(await violations(), "before the analysis").toEqual([]);
      await page.getByRole("button", { name: "Read the picture" }).click();
      await page.locator(".finding").waitFor();
      await page.locator("#cases summary").first().click();
      for (const summary of await page.locator(".trend summary").all()) await summary.click();
      expect(await violations(), "after it").toEqual([]);
    });

    it("can be walked with the keyboard alone, and shows where it is", async () => {
      await open("/people");
      for (let step = 0; step < 14; step++) {
        await page.keyboard.press("Tab");
        const ring = await page.evaluate<string>(
          `document.activeElement.matches("body, footer *") ? "the end" : document.activeElement.id === "files" ? "hidden" : getComputedStyle(document.activeElement).outline`,
        );
        if (ring === "the end") break;
        if (ring !== "hidden") expect(ring, `${step + 1} steps in`).toMatch(/solid 3px|3px solid/);
      }
      await page.getByRole("button", { name: /^Notifications/ }).focus();
      await page.keyboard.press("Enter");
      expect(await page.evaluate(() => document.activeElement?.id)).toBe("notices-title");
      await page.keyboard.press("Escape");
      expect(await page.evaluate(() => document.activeElement?.id)).toBe("notices-button");
    });
  },
);
