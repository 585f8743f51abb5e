export { PackError } from "./read-pack.ts";
export { readProgrammes } from "./read-programmes.ts";
