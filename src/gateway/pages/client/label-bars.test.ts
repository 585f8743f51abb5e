import { describe, expect, it } from "vitest";
import type { Decision } from "../../../contracts/decision.ts";
import { labelBars } from "./label-bars.ts";

const order = (probabilities: Readonly<Record<string, number>>): string[] =>
  labelBars({ decision: { probabilities } as Decision }).map(({ label }) => label);

describe("the bars of the labels", () => {
  it("leave two labels to the band", () => expect(order({ normal: 0.9, cataract: 0.1 })).toEqual([]));

  it("stand in the order of the grades, whatever is most probable", () =>
    expect(order({ "2": 0.5, "0": 0.1, "1": 0.2, "10": 0.2 })).toEqual(["0", "1", "2", "10"]));

  it("put the most probable finding first", () =>
    expect(order({ "No Finding": 0.2, Mass: 0.3, Edema: 0.7 })).toEqual(["Edema", "Mass", "No Finding"]));
});
