import type { ZodType } from "zod";
export declare function settingsMarkdown(settings: Readonly<Record<string, ZodType>>): string;
