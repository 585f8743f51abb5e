import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { catalog } from "../../test/support/programme.ts";
import type { CaseAudit } from "../contracts/index.ts";
import { auditReplays } from "../drift/index.ts";
import { createAuditCoin } from "./audit-coin.ts";
import { LiveCatalog } from "./live-catalog.ts";

const linkSecret = "a secret of signed links that is long enough";
/** As an auditor makes it from the same setting. */
const secret = createHmac("sha256", linkSecret).update("audit coin").digest("hex");

function coinOf(asked = linkSecret) {
  const live = new LiveCatalog(catalog);
  const coin = createAuditCoin({ linkSecret: asked, watched: { has: async (id) => id === "cataract" }, catalog: live });
  const toss = async (id = "case") => (await coin.toss(id, "cataract", "fast-negative")) as CaseAudit;
  const boost = (auditFactor: number) => live.follow([{ programme: "cataract", auditFactor }], new Map());
  return { coin, toss, boost };
}

describe("the coin of a server", () => {
  it("is not tossed for a programme whose release cannot be watched", async () =>
    expect(await coinOf().coin.toss("case", "chest-xray", "band")).toBeUndefined());

  it("falls the same way on every server with the secret, and can be tossed again from what was kept", async () => {
    const [one, other] = [coinOf(), coinOf()];
    let chosen = 0;
    for (let i = 0; i < 500; i++) {
      const audit = await one.toss(`case-${i}`);
      expect(await other.toss(`case-${i}`)).toEqual(audit);
      const { epoch } = audit;
      for (const kind of ["fine", "human"] as const) {
        const { probability, chosen: audited } = audit[kind];
        expect(auditReplays({ caseId: `case-${i}`, kind, epoch, probability, audited }, secret)).toBe(true);
      }
      if (audit.fine.chosen) chosen++;
    }
    // One in twenty: the coins are fixed by the secret, so this is one draw and no matter of luck.
    expect(chosen).toBeGreaterThan(12);
    expect(chosen).toBeLessThan(40);
  });

  it("is as probable as the drift loop orders, and the epoch says under which order", async () => {
    const { toss, boost, coin } = coinOf();
    const usual = await toss();
    expect(usual).toMatchObject({ fine: { probability: 0.05 }, human: { probability: 0.01 } });
    boost(5);
    const more = await toss();
    expect(more).toMatchObject({ fine: { probability: 0.25 }, human: { probability: 0.05 } });
    expect(await coin.toss("case", "cataract", "band")).toMatchObject({
      fine: { probability: 1, chosen: true },
      human: { probability: 0.25 },
    });
    expect(more.epoch).not.toBe(usual.epoch);
    boost(1);
    expect(await toss()).toEqual(usual);
  });

  it("has a secret of its own that another server's setting changes, and that the epoch does not give away", async () => {
    const [mine, other] = [await coinOf().toss(), await coinOf(`${linkSecret}!`).toss()];
    expect(other.epoch).not.toBe(mine.epoch);
    expect(mine.epoch).toMatch(/^[0-9a-f]{16}$/);
    expect(secret).not.toContain(mine.epoch);
    expect(secret).not.toBe(linkSecret);
  });
});
