export { createKeyCheck, type KeyCheck } from "./key-check.ts";
export { type LinkParameters, LinkSigner } from "./link-signer.ts";
