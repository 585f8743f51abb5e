// The client's types of every path, from the document that the running program gives.
import openapiTS, { astToString } from "openapi-typescript";
import ts from "typescript";

const head = `// Made by scripts/generate-docs.mjs from the schemas that check requests and answers. Changes here are lost.
`;
const blob = ts.factory.createTypeReferenceNode("Blob");

/** @param {object} document OpenAPI 3.1 */
export async function clientTypes(document) {
  // The generator resolves references in place: it gets a copy.
  const nodes = await openapiTS(structuredClone(document), {
    transform: ({ format }) => (format === "binary" ? blob : undefined),
  });
  return head + astToString(nodes);
}
