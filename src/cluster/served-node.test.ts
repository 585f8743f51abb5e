import { createHash } from "node:crypto";
import { describe, expect, it, vi } from "vitest";
import { serveNode } from "../../test/support/cluster.ts";
import { fakePredictor, resultOf } from "../../test/support/fake-predictor.ts";
import { MemoryHub } from "../../test/support/memory-bus.ts";
import type { PredictTask } from "../contracts/index.ts";
import { Random } from "../contracts/random.ts";
import { systemClock } from "../platform/index.ts";
import { type Heartbeat, type Hold, heartbeatSchema, subjects } from "./messages.ts";
import { RemotePredictor } from "./remote-predictor.ts";
import { encodeJson } from "./wire.ts";

const pack = "a".repeat(64);
const never = () => new AbortController().signal;
const bytes = Buffer.from("x");
const sha256 = createHash("sha256").update(bytes).digest("hex");
const image = { bytes, sha256, mediaType: "image/png" as const, width: 1, height: 1 };
const taskOf = (id: string): PredictTask => ({ id, packs: [pack], image, lane: "interactive", remainingMs: 1000 });

describe("the heartbeat of a node", () => {
  it("keeps to the protocol whatever it measures: a node that does not is taken for dead", async () => {
    const hub = new MemoryHub();
    const [there, here] = [hub.connect(), hub.connect()];
    const beats: Heartbeat[] = [];
    here.subscribe(subjects.heartbeats, ({ payload }) => beats.push(JSON.parse(Buffer.from(payload).toString())));
    const random = new Random(1);
    let now = 0;
    const clock = { ...systemClock, now: () => now };
    const fake = fakePredictor();
    const open: (() => void)[] = [];
    fake.answer = async (task) => {
      await new Promise<void>((resolve) => open.push(resolve));
      return resultOf(task);
    };
    const node = serveNode("one", there, fake, { clock });
    const remote = new RemotePredictor("one", here, here.images);
    // Time grows more than in proportion: all of it is taken for cost by item, and rounding may leave less than nothing.
    for (let round = 0; round < 200; round++) {
      const width = 1 + Math.floor(random.between(0, 3));
      const answers = Array.from({ length: width }, (_, i) => remote.predict(taskOf(`${round}-${i}`), never()));
      await vi.waitFor(() => expect(open).toHaveLength(width), { interval: 1 });
      now += width ** 3 * random.between(1, 20);
      for (const answer of open.splice(0)) answer();
      await Promise.all(answers);
      here.publish(subjects.hello, new Uint8Array());
      await vi.waitFor(() => expect(beats.length).toBeGreaterThan(round), { interval: 1 });
    }
    for (const beat of beats) expect(heartbeatSchema.safeParse(beat).success, JSON.stringify(beat.costs)).toBe(true);
    remote.close();
    await node.drain(0);
  });

  it("says what its holder says, and passes on what servers ask for", async () => {
    const hub = new MemoryHub();
    const [there, here] = [hub.connect(), hub.connect()];
    const beats: Heartbeat[] = [];
    here.subscribe(subjects.heartbeats, ({ payload }) => beats.push(JSON.parse(Buffer.from(payload).toString())));
    const asked: Hold[] = [];
    const troubles = { takesPacks: true, loading: [pack], failed: [], refused: 2 };
    let changed: () => void = () => undefined;
    const holder = {
      asked: (hold: Hold) => void asked.push(hold),
      view: () => troubles,
      onChange: (tell: () => void) => {
        changed = tell;
      },
    };
    const node = serveNode("one", there, fakePredictor(), { holder });
    await vi.waitFor(() => expect(beats.at(-1)).toMatchObject(troubles));
    const hold = { server: "s", packs: [{ pack, id: "eye/a", later: false }] };
    here.publish(
      subjects.hold("one"),
      encodeJson({ ...hold, packs: [{ pack: "no digest", id: "eye/a", later: false }] }),
    );
    here.publish(subjects.hold("one"), encodeJson(hold));
    await vi.waitFor(() => expect(asked).toEqual([hold]));
    const before = beats.length;
    changed();
    await vi.waitFor(() => expect(beats.length).toBeGreaterThan(before));
    await node.drain(0);
  });
});
