export { VisionLanguageReader } from "./reader.ts";
