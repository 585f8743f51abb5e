import type { CaseRecord } from "../contracts/index.ts";

/** Where everything about a case is found; relative, because we do not know under which name we are reached. */
export interface CaseLinks {
  readonly self: string;
  readonly readings: string;
  readonly image: string;
  readonly heatmap: string;
}

export function linksOf(id: string): CaseLinks {
  const self = `/v1/cases/${id}`;
  return { self, readings: `${self}/readings`, image: `${self}/image`, heatmap: `${self}/heatmap` };
}

/** A case as the native API answers it, the same on every route. */
export const renderCase = (record: CaseRecord) => ({ ...record, links: linksOf(record.id) });
