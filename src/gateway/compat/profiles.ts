import { cataractProfile } from "./cataract.ts";
import { mountOf, type Profile } from "./profile.ts";

/** Every source system that is served. */
export const sourceSystems: readonly Profile[] = [cataractProfile];

/** Whose path this is, so that even a refusal keeps that system's shape. */
export const profileOfPath = (path: string): Profile | undefined =>
  sourceSystems.find(({ id }) => path === mountOf(id) || path.startsWith(`${mountOf(id)}/`));
