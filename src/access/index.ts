export { createKeyCheck, type KeyCheck, type PresentedKey } from "./key-check.ts";
