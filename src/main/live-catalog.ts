import { createHash } from "node:crypto";
import type {
  BandOverride,
  InstalledBand,
  MissingProgramme,
  Programme,
  ProgrammeCatalog,
  ServedDrift,
} from "../contracts/index.ts";
import { inCanary } from "../drift/index.ts";
import { certifiedSteps, thresholdsOf } from "../ensemble/index.ts";

type Programmes = ProgrammeCatalog["programmes"];

/**
 * The programmes as they are now: who looks twice may find another release, who holds one keeps it. Over the releases
 * lies what the drift loop orders: a safer band, and a candidate that answers some groups.
 */
export class LiveCatalog implements ProgrammeCatalog {
  #released: ProgrammeCatalog;
  #served: Programmes;
  #orders: ReadonlyMap<string, ServedDrift> = new Map();
  #candidates: ReadonlyMap<string, Programme> = new Map();

  constructor(first: ProgrammeCatalog) {
    this.#released = first;
    this.#served = first.programmes;
  }

  get programmes(): Programmes {
    return this.#served;
  }

  /** The releases themselves, each with the band of its pack. */
  get released(): ProgrammeCatalog {
    return this.#released;
  }

  get beside(): readonly Programme[] {
    return [...this.#candidates.values()];
  }

  readonly triedOn = (programme: string, group: string): Programme | undefined => {
    const candidate = this.#orders.get(programme)?.candidate;
    if (candidate === undefined || !inCanary(group, candidate.release, candidate.percent)) return undefined;
    return this.#candidates.get(candidate.release);
  };

  /** Times as many audits of this programme as usual. */
  auditFactor(programme: string): number {
    return this.#orders.get(programme)?.auditFactor ?? 1;
  }

  replace(next: ProgrammeCatalog): void {
    this.#released = next;
    this.#lay();
  }

  /** @param candidates that can be asked now, by the digest of their release */
  follow(orders: readonly ServedDrift[], candidates: ReadonlyMap<string, Programme>): void {
    this.#orders = new Map(orders.map((order) => [order.programme, order]));
    this.#candidates = candidates;
    this.#lay();
  }

  #lay(): void {
    this.#served = new Map(
      [...this.#released.programmes].map(([id, found]) => {
        const override = this.#orders.get(id)?.band;
        return [id, override === undefined || "missing" in found ? found : made(found, override)];
      }),
    );
  }
}

/** The same release with a safer band; what was measured of it is not true of that one. */
function made(programme: Programme, override: BandOverride): Programme | MissingProgramme {
  const evaluation = { missing: "The band was made safer than the one that was measured." };
  return { ...programme, band: saferBand(programme.band, override), evaluation };
}

function saferBand(band: InstalledBand, { step, incident }: BandOverride): InstalledBand {
  // Of a release that has just taken the place of the one that the order was given for.
  const known = Math.min(step, certifiedSteps(band));
  const override = { step: known, incident };
  // A name of its own: who waits for a second look is decided by the band that took the case.
  const digest = createHash("sha256")
    .update(JSON.stringify([band.digest, known, incident]))
    .digest("hex");
  return { ...band, ...thresholdsOf(band, known), digest, override };
}
