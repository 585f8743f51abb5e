// Loaded before everything else, it puts the engine of the tests in the place of the product's: the same engine, which
// ends when the pixels of an image tell it to (test/support/faulty.worker.mjs). The product has no such door.

import { register } from "node:module";

const faulty = new URL("../support/faulty-engine.mjs", import.meta.url).href;
const hooks = `export async function resolve(specifier, context, next) {
  const found = await next(specifier, context);
  return context.parentURL === undefined && found.url.endsWith("/dist/main/engine.js")
    ? { ...found, url: ${JSON.stringify(faulty)} }
    : found;
}`;
register(`data:text/javascript,${encodeURIComponent(hooks)}`);
