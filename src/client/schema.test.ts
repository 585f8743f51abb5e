import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { clientTypes } from "../../scripts/client-types.mjs";
import { testDeps } from "../../test/support/gateway.ts";
import { createApp, openApiDocument } from "../gateway/index.ts";

it("the client's types are those of the code; after a change: npm run build && node scripts/generate-docs.mjs", async () => {
  const types = await clientTypes(openApiDocument(createApp(testDeps())));
  expect(types).toContain('"/v1/programmes/{programme}/cases"');
  expect(readFileSync(new URL("schema.ts", import.meta.url), "utf8") === types).toBe(true);
});
