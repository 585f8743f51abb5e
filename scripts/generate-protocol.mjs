// Writes the JSON Schemas of docs/protocol from the code. A unit test holds them against it.
// Write them in the house style afterwards: npm run format.
import { writeFile } from "node:fs/promises";
import * as z from "zod";
import { protocolSchemas } from "../dist/cluster/messages.js";

for (const [name, schema] of Object.entries(protocolSchemas)) {
  const document = z.toJSONSchema(schema, { io: "input" });
  await writeFile(
    new URL(`../docs/protocol/${name}.schema.json`, import.meta.url),
    `${JSON.stringify(document, undefined, 2)}\n`,
  );
}
console.log(`docs/protocol: ${Object.keys(protocolSchemas).length} schemas`);
