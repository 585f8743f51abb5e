import { createHmac } from "node:crypto";
import { auditCase, defaultAuditRates } from "../drift/index.ts";
import type { AuditCoin } from "../screening/index.ts";
import type { LiveCatalog } from "./live-catalog.ts";
import type { WatchedReleases } from "./watched-releases.ts";

export interface AuditCoinDeps {
  /** The one of signed links. Ours follows from it, so that there is one to keep; whoever knows ours does not know it. */
  readonly linkSecret: string;
  readonly watched: Pick<WatchedReleases, "has">;
  readonly catalog: Pick<LiveCatalog, "auditFactor">;
}

/** The coin of every case that is watched, as often as the drift loop orders it. */
export function createAuditCoin({ linkSecret, watched, catalog }: AuditCoinDeps): AuditCoin {
  const secret = createHmac("sha256", linkSecret).update("audit coin").digest("hex");
  return {
    toss: async (caseId, programme, stratum) => {
      if (!(await watched.has(programme))) return undefined;
      return auditCase(caseId, stratum, {
        secret,
        rates: defaultAuditRates,
        factor: catalog.auditFactor(programme),
      });
    },
  };
}
