import { type Config, settings } from "./config.ts";

/** One setting as an operator may see it. */
export interface ShownSetting {
  readonly name: string;
  /** Null where it is not set. Secrets are never in it. */
  readonly value: string | number | boolean | null;
  readonly isDefault: boolean;
}

const secret = /KEY$|SECRET|PASSWORD|CREDS|TOKEN|HEADERS/;
const hidden = "hidden";

/** Every setting, what it is now, and whether that differs from what it would be unsaid. */
export function shownSettings(config: Config): ShownSetting[] {
  return Object.entries(settings).map(([name, schema]) => {
    const value = config[name as keyof Config];
    const unsaid = schema.safeParse(undefined).data as unknown;
    return { name, value: shownValue(name, value), isDefault: value === unsaid || isMade(name, value) };
  });
}

/** Where the default is found out rather than written down, and says nothing that an operator set. */
function isMade(name: string, value: unknown): boolean {
  return name === "AUTH" && value === "off";
}

function shownValue(name: string, value: unknown): string | number | boolean | null {
  if (value === undefined) return null;
  if (secret.test(name)) return hidden;
  if (typeof value !== "string") return value as number | boolean;
  // An address may carry a user and a password.
  return value.replaceAll(/\/\/[^/@\s,]*@/g, `//${hidden}@`);
}
