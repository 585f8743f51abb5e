import { cataractProfile } from "./cataract.ts";
import { chestProfile } from "./chest.ts";
import { drProfile } from "./dr.ts";
import { eyeProfile } from "./eye.ts";
import { halluxProfile } from "./hallux.ts";
import { mountOf, type Profile } from "./profile.ts";

/** Every source system that is served. */
export const sourceSystems: readonly Profile[] = [drProfile, eyeProfile, cataractProfile, halluxProfile, chestProfile];

/** Whose path this is, so that even a refusal keeps that system's shape. */
export const profileOfPath = (path: string): Profile | undefined =>
  sourceSystems.find(({ id }) => path === mountOf(id) || path.startsWith(`${mountOf(id)}/`));
