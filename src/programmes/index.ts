export { readProgrammes } from "./read-programmes.ts";
