export type { Sending } from "./chat-client.ts";
export type { VisionLanguageSettings } from "./destination.ts";
export { invalidImage } from "./prompt.ts";
export { type AnalyseOptions, type VisionLanguageOptions, VisionLanguageReader } from "./reader.ts";
