import { describe, expect, it } from "vitest";
import type { ActivationMap, Predictor, PredictTask, Programme } from "../../src/contracts/index.ts";
import { taskOf } from "../support/predictor-tasks.ts";

/**
 * What every `Predictor` must do when a task asks for activation maps. Called inside the suite that opens and closes it.
 *
 * @param eyes at least four JPEG pictures
 */
export function describeMaps(
  opened: () => { readonly predictor: Predictor; readonly programme: Programme },
  eyes: () => readonly Buffer[],
): void {
  const eye = (i: number) => eyes()[i] as Buffer;
  const fine = () => opened().programme.fine.digest;
  const fast = () => opened().programme.fast.digest;
  const signal = () => new AbortController().signal;
  /** Other bytes behind the picture each time, so that nothing can come from a cache. */
  const read = (picture: Buffer, change: Partial<PredictTask> = {}) =>
    opened().predictor.predict(taskOf(picture, [fine()], change, `salt-${Math.random()}`), signal());
  const only = async (answer: ReturnType<typeof read>) => (await answer).readings[0];
  const mapped = async (picture: Buffer, change: Partial<PredictTask> = {}): Promise<ActivationMap> => {
    const map = (await only(read(picture, { maps: true, ...change })))?.maps?.[0];
    if (map === undefined) throw new Error("asked for a map and got none");
    return map;
  };

  describe("asked for activation maps", () => {
    const refusals: readonly [string, () => Partial<PredictTask>, object][] = [
      ["a pack it does not hold", () => ({ packs: ["0".repeat(64)] }), { code: "pack-not-installed" }],
      [
        "a pack that has no map",
        () => ({ packs: [fast()] }),
        { code: "pack-not-installed", detail: "the pack has no activation map" },
      ],
      ["packs of which one has no map", () => ({ packs: [fine(), fast()] }), { code: "pack-not-installed" }],
      ["no time left", () => ({ remainingMs: 0 }), { code: "deadline-exceeded" }],
    ];
    it.each(refusals)("refuses %s", async (_, change, problem) => {
      await expect(read(eye(0), { maps: true, ...change() })).rejects.toMatchObject(problem);
    });

    it("answers a damaged picture with a problem, and its neighbour with a map", async () => {
      const cut = Buffer.from(eye(0)).fill(0xff, 2000);
      const answers = await Promise.allSettled([mapped(cut), mapped(eye(1))]);
      expect(answers[0]).toMatchObject({ reason: { code: "image-undecodable" } });
      expect(answers[1]).toMatchObject({ status: "fulfilled" });
    });

    it("forgets what is given up, queued or running, and answers the next", async () => {
      const controllers = Array.from({ length: 60 }, () => new AbortController());
      const answers = controllers.map((each, i) =>
        opened().predictor.predict(taskOf(eye(i % 4), [fine()], { maps: true }, `given-up-${i}`), each.signal),
      );
      for (const each of controllers) each.abort();
      for (const answer of await Promise.allSettled(answers))
        expect(answer).toMatchObject({ reason: { code: "client-closed-request" } });
      expect((await mapped(eye(3))).values).toHaveLength(49);
    });

    it("gives 7 by 7 finite cells that are not all alike, and none where none were asked for", async () => {
      const { width, height, values } = await mapped(eye(0));
      expect({ width, height, cells: values.length }).toEqual({ width: 7, height: 7, cells: 49 });
      expect(values.every(Number.isFinite)).toBe(true);
      expect(new Set(values).size).toBeGreaterThan(1);
      expect(await only(read(eye(0)))).not.toHaveProperty("maps");
      expect(await only(read(eye(0), { maps: false }))).not.toHaveProperty("maps");
    });

    it("gives the scores of a plain reading, and the same map alone and in any company", async () => {
      const alone: ActivationMap[] = [];
      for (const picture of eyes()) alone.push(await mapped(picture));
      expect(new Set(alone.map(({ values }) => values.join())).size, "each eye its own map").toBe(eyes().length);
      for (let round = 0; round < 3; round++) {
        // Plain readings in between: the two kinds must not share a batch.
        const together = eyes().map(async (picture) => {
          const [plain, withMap] = await Promise.all([only(read(picture)), only(read(picture, { maps: true }))]);
          expect(plain).not.toHaveProperty("maps");
          expect(withMap?.scores).toEqual(plain?.scores);
          return withMap?.maps?.[0];
        });
        expect(await Promise.all(together)).toEqual(alone);
      }
    });
  });
}
