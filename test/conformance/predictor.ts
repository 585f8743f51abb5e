import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Predictor, Programme } from "../../src/contracts/index.ts";
import { drawEye } from "../support/eye.ts";
import { taskOf } from "../support/predictor-tasks.ts";
import { describeMaps } from "./predictor-maps.ts";

/** What every implementation of `Predictor` must do, wherever it computes. */
export function describePredictor(
  name: string,
  open: () => Promise<{ predictor: Predictor; programme: Programme; close: () => Promise<void> }>,
): void {
  describe(`${name} as a Predictor`, () => {
    let opened: Awaited<ReturnType<typeof open>>;
    let eyes: Buffer[];
    const signal = () => new AbortController().signal;
    beforeAll(async () => {
      [opened, eyes] = await Promise.all([open(), Promise.all(Array.from({ length: 8 }, (_, i) => drawEye(200 + i)))]);
    });
    afterAll(() => opened.close());
    const both = () => [opened.programme.fast.digest, opened.programme.fine.digest];
    const read = (eye: Buffer, packs = both(), change = {}) =>
      opened.predictor.predict(taskOf(eye, packs, change), signal());

    it("gives one finite reading a pack, in the order of the packs", async () => {
      const packs = both().reverse();
      const { readings, quality, batchSize } = await read(eyes[0] as Buffer, packs);
      expect(readings.map((each) => each.pack)).toEqual(packs);
      for (const { scores } of readings) expect(scores.every(Number.isFinite)).toBe(true);
      expect(quality.contrast).toBeGreaterThan(0);
      expect(batchSize).toBeGreaterThanOrEqual(1);
    });

    it("gives the same scores alone and in any company", async () => {
      const scores = async (eye: Buffer, i: number) => {
        // Another id and other bytes behind the picture, so that nothing can come from a cache.
        const { readings } = await opened.predictor.predict(
          taskOf(eye, both(), {}, `salt-${i}-${Math.random()}`),
          signal(),
        );
        return readings.map((each) => each.scores);
      };
      const alone: (readonly number[])[][] = [];
      for (const [i, eye] of eyes.entries()) alone.push(await scores(eye, i));
      for (let round = 0; round < 5; round++) {
        const order = eyes.map((_, i) => (i * 3 + round) % eyes.length);
        const together = await Promise.all(order.map((i) => scores(eyes[i] as Buffer, i)));
        for (const [at, i] of order.entries()) expect(together[at]).toEqual(alone[i]);
      }
    });

    it("answers a damaged picture with a problem, and its neighbours with readings", async () => {
      const cut = Buffer.from(eyes[0] as Buffer).fill(0xff, 2000);
      const answers = await Promise.allSettled([read(eyes[1] as Buffer), read(cut), read(eyes[2] as Buffer)]);
      expect(answers.map((each) => each.status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
      expect(answers[1]).toMatchObject({ reason: { code: "image-undecodable" } });
    });

    it.each([
      ["a pack it does not hold", { packs: ["0".repeat(64)] }, "pack-not-installed"],
      ["no pack at all", { packs: [] }, "pack-not-installed"],
      ["no time left", { remainingMs: 0 }, "deadline-exceeded"],
    ])("refuses %s", async (_, change, code) => {
      await expect(read(eyes[0] as Buffer, both(), change)).rejects.toMatchObject({ code });
    });

    it("refuses what is already given up, and forgets what is given up later", async () => {
      const task = taskOf(eyes[0] as Buffer, both());
      await expect(opened.predictor.predict(task, AbortSignal.abort())).rejects.toMatchObject({
        code: "client-closed-request",
      });
      const controllers = Array.from({ length: 60 }, () => new AbortController());
      const answers = controllers.map((each, i) =>
        opened.predictor.predict(taskOf(eyes[i % 8] as Buffer, both()), each.signal),
      );
      for (const each of controllers) each.abort();
      for (const answer of await Promise.allSettled(answers))
        expect(answer).toMatchObject({ reason: { code: "client-closed-request" } });
      expect((await read(eyes[3] as Buffer)).readings).toHaveLength(2);
    });

    describeMaps(
      () => opened,
      () => eyes,
    );

    // Last, so that it counts what every other case left behind.
    it("keeps its books: accepted is settled plus queued plus running", async () => {
      const status = await opened.predictor.status();
      expect(status.acceptedItems).toBeGreaterThan(0);
      expect(status.queuedItems).toBe(0);
      expect(status.acceptedItems).toBe(status.settledItems);
      expect(status.packs).toEqual(expect.arrayContaining(both()));
    });
  });
}
