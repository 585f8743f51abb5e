export {
  type InstalledEncoder,
  type PackName,
  type Releases,
  readEncoder,
  readProgrammes,
} from "./read-programmes.ts";
