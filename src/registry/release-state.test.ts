import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type RegistryDraft, releaseDigest } from "./event.ts";
import { after, lineOfProgramme, type RegistryState, stateOf } from "./release-state.ts";

const hex = (n: number): string => n.toString(16).padStart(64, "0");
const words = { actor: "operator:ada", reason: "because", evidence: {} };
const packs = (n: number) => ({
  fast: { id: "cataract/fast-1", digest: hex(n) },
  fine: { id: "cataract/fine-1", digest: hex(n) },
  cascade: { id: "cataract/cascade-1", digest: hex(n) },
});
const lineage = { dataSha256: hex(7), codeVersion: "1", parent: null, recipe: "recipe" };
const digestOf = (n: number): string => releaseDigest("cataract", packs(n));
const register = (n: number): RegistryDraft => ({
  type: "registered",
  programme: "cataract",
  digest: digestOf(n),
  packs: packs(n),
  lineage,
  ...words,
});
type Move = Extract<RegistryDraft, { type: "state-changed" }>;
const move = (n: number, from: Move["from"], to: Move["to"], displaced: string | null = null): RegistryDraft => ({
  type: "state-changed",
  programme: "cataract",
  digest: digestOf(n),
  from,
  to,
  displaced,
  ...words,
});
const actives = (state: RegistryState): number =>
  [...state.releases.values()].filter((each) => each.state === "active").length;

describe("stateOf", () => {
  it.each([
    ["a candidate that becomes active at once", [register(1), move(1, "candidate", "active")]],
    ["a state it was not in", [register(1), move(1, "shadow", "active")]],
    [
      "a second active release beside the first",
      [
        register(1),
        register(2),
        ...[1, 2].map((n) => move(n, "candidate", "shadow")),
        move(1, "shadow", "active"),
        move(2, "shadow", "active"),
      ],
    ],
    ["a way back that was never taken", [register(1), move(1, "candidate", "retired"), move(1, "retired", "active")]],
    ["a digest that is not of these packs", [{ ...register(1), digest: hex(1) }]],
    ["a release of another programme", [register(1), { ...move(1, "candidate", "shadow"), programme: "other" }]],
  ] as [string, RegistryDraft[]][])("refuses %s", (_name, events) => {
    expect(() => stateOf(events)).toThrowError(expect.objectContaining({ fault: "transition-illegal" }));
  });

  it("keeps one active release through any order of promotions and rollbacks, and goes back the way it came", () => {
    const act = fc.oneof(
      fc.nat(5).map((n) => ({ n })),
      fc.constant({ n: undefined }),
    );
    const property = fc.property(fc.array(act, { maxLength: 40 }), (acts) => {
      let state = stateOf(Array.from({ length: 6 }, (_, n) => register(n)));
      const way: string[] = [];
      for (const { n } of acts) {
        const { active, before } = lineOfProgramme(state, "cataract");
        const draft = n === undefined ? back(state) : forward(state, n);
        if (draft === undefined) continue;
        state = after(state, draft);
        if (n === undefined) way.pop();
        else if (lineOfProgramme(state, "cataract").active !== active) way.push(digestOf(n));
        expect(lineOfProgramme(state, "cataract").active).toBe(way.at(-1));
        expect(actives(state)).toBe(way.length > 0 ? 1 : 0);
        expect(before.length).toBeLessThanOrEqual(6);
      }
    });
    fc.assert(property, { numRuns: 300 });
  });
});

function forward(state: RegistryState, n: number): RegistryDraft | undefined {
  const from = state.releases.get(digestOf(n))?.state;
  if (from === "candidate") return move(n, from, "shadow");
  if (from === "shadow") return move(n, from, "active", lineOfProgramme(state, "cataract").active ?? null);
  return undefined;
}

function back(state: RegistryState): RegistryDraft | undefined {
  const { active, before } = lineOfProgramme(state, "cataract");
  const n = [0, 1, 2, 3, 4, 5].find((each) => digestOf(each) === before.at(-1));
  return n === undefined ? undefined : move(n, "retired", "active", active ?? null);
}
