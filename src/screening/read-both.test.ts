import { describe, expect, it } from "vitest";
import { resultOf } from "../../test/support/fake-predictor.ts";
import { catalog } from "../../test/support/programme.ts";
import type { Programme } from "../contracts/index.ts";
import { readBoth } from "./read-both.ts";

const programme = catalog.programmes.get("cataract") as Programme;

describe("both readers", () => {
  const asked: (readonly string[])[] = [];
  const predict = async (packs: readonly string[]) => {
    asked.push(packs);
    return resultOf({ packs } as never);
  };

  it("share one pass where they want the same pixels", async () => {
    asked.length = 0;
    const { readings } = await readBoth(predict, programme);
    expect(asked).toEqual([[programme.fast.digest, programme.fine.digest]]);
    expect(readings).toHaveLength(2);
  });

  it("look one after the other where they want different pixels, and are told apart as before", async () => {
    asked.length = 0;
    const { fine } = programme;
    const load = structuredClone(fine.load) as never as { network: { network: { input: { width: number } } } };
    load.network.network.input.width = 64;
    const other = { ...programme, fine: { ...fine, load: load as never } };
    const { readings, queueMs } = await readBoth(predict, other);
    expect(asked).toEqual([[programme.fast.digest], [programme.fine.digest]]);
    expect(readings.map(({ pack }) => pack)).toEqual([programme.fast.digest, programme.fine.digest]);
    expect(queueMs).toBeGreaterThanOrEqual(0);
  });
});
