export { type InstalledEncoder, readEncoder, readProgrammes } from "./read-programmes.ts";
