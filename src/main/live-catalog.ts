import type { MissingProgramme, Programme, ProgrammeCatalog } from "../contracts/index.ts";

/** The programmes as they are now: who looks twice may find another release, who holds one keeps it. */
export class LiveCatalog implements ProgrammeCatalog {
  #now: ProgrammeCatalog;

  constructor(first: ProgrammeCatalog) {
    this.#now = first;
  }

  get programmes(): ReadonlyMap<string, Programme | MissingProgramme> {
    return this.#now.programmes;
  }

  replace(next: ProgrammeCatalog): void {
    this.#now = next;
  }
}
