export { evaluationOf } from "./read-evaluation.ts";
export { PackError } from "./read-pack.ts";
export { type Releases, readEncoder, readProgrammes } from "./read-programmes.ts";
export { type ListedFile, readReader } from "./reader-pack.ts";
