import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { drawEye } from "../support/eye.ts";
import { startServer, type TestServer } from "../support/server.ts";
import { rows as diabeticRetinopathy } from "./source-systems/diabetic-retinopathy.ts";
import { rows as images } from "./source-systems/images.ts";
import { rows as ophthalmology } from "./source-systems/ophthalmology.ts";
import { filled, type Kept, type Row } from "./source-systems/rows.ts";

const systems = ["dr", "eye", "hallux", "chest", "cataract"] as const;
const rows: readonly Row[] = [...diabeticRetinopathy, ...ophthalmology, ...images];

let server: TestServer;
let ports: Map<string, string>;
let image: Buffer;

beforeAll(async () => {
  image = await drawEye(1);
  server = await startServer({ PROFILE_PORTS: systems.map((system) => `0=${system}`).join(",") });
  await server.ready();
  const { profilePorts } = server.log.find(({ msg }) => msg === "listening") as { profilePorts: string[] };
  ports = new Map(profilePorts.map((pair) => pair.split("=").reverse() as [string, string]));
});
afterAll(async () => {
  await server.stop();
});

const ways: readonly (readonly [name: string, base: (system: string) => string])[] = [
  ["its mount", (system) => `${server.url}/p/${system}`],
  ["a port of its own", (system) => `http://127.0.0.1:${ports.get(system)}`],
  ["the root", () => server.url],
];

/** One table of the five contracts, asked by each way on which old clients come. */
describe.each(ways)("the source systems by %s", (way, base) => {
  const kept = new Map<string, Kept>(
    systems.map((system) => [
      system,
      {
        get image() {
          return new Blob([new Uint8Array(image)], { type: "image/jpeg" });
        },
        get base64() {
          return image.toString("base64");
        },
        values: new Map(),
      },
    ]),
  );
  const here = rows.filter(({ shared, method }) => !(way === "the root" && shared === true && method === undefined));

  it.each(here.map((row) => [row.system, row.what, row] as const))("%s: %s", async (_system, _what, row) => {
    const own = kept.get(row.system) as Kept;
    const body = row.body?.(own);
    const response = await fetch(base(row.system) + filled(row.path, own.values), {
      method: row.method ?? "GET",
      redirect: "error",
      ...(body !== undefined && { body }),
      ...(row.headers && { headers: row.headers }),
    });
    const text = await response.text();
    if (way === "the root" && row.ambiguous === true) {
      expect(response.status, text).toBe(400);
      expect(JSON.parse(text)).toMatchObject({ detail: expect.stringContaining("/p/dr"), error: expect.any(String) });
      return;
    }
    expect(response.status, text).toBe(row.status);
    expect(response.headers.get("content-type")).toMatch(/^application\/json/);
    row.check?.(JSON.parse(text) as never, own);
  });
});
