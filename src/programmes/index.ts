export { PackError } from "./read-pack.ts";
export {
  type InstalledEncoder,
  type PackName,
  type Releases,
  readEncoder,
  readProgrammes,
} from "./read-programmes.ts";
