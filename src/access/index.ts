export { createKeyCheck, type KeyCheck } from "./key-check.ts";
export { LinkSigner } from "./link-signer.ts";
