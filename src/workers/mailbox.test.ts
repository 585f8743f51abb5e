import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Lane, lanes } from "../contracts/predictor.ts";
import { type Letter, Mailbox } from "./mailbox.ts";

const bounds = { itemsMax: 8, bytesMax: 1000, secondsMax: 10 };
let serial = 0;
const letter = (change: Partial<Letter> = {}): Letter => ({
  id: `letter-${serial++}`,
  lane: "interactive",
  bytes: 10,
  batchKey: "fast",
  deadlineAt: 1_000_000,
  alone: false,
  ...change,
});
const any = () => true;
const ids = (letters: readonly Letter[]) => letters.map((each) => each.id);

describe("Mailbox", () => {
  it.each([
    ["items", Array.from({ length: 8 }, () => letter()), letter(), 0, "queue-full"],
    ["bytes", [letter({ bytes: 995 })], letter(), 0, "queue-full"],
    ["estimated seconds", [], letter(), 10_001, "queue-full"],
    ["the caller's deadline", [], letter({ deadlineAt: 50 }), 51, "deadline-unmeetable"],
  ])("refuses what exceeds its bound of %s", (_, before, late, waitMs, refusal) => {
    const mailbox = new Mailbox(bounds);
    for (const each of before) expect(mailbox.offer(each, 0, 0)).toBeUndefined();
    expect(mailbox.offer(late, 0, waitMs)).toBe(refusal);
    expect(mailbox.items).toBe(before.length);
  });

  it("frees items and bytes at once when a letter is cancelled", () => {
    const mailbox = new Mailbox(bounds);
    const big = letter({ bytes: 1000 });
    mailbox.offer(big, 0, 0);
    expect(mailbox.offer(letter(), 0, 0)).toBe("queue-full");
    expect(mailbox.cancel(big.id)?.id).toBe(big.id);
    expect(mailbox.cancel(big.id)).toBeUndefined();
    expect(mailbox.offer(letter(), 0, 0)).toBeUndefined();
  });

  it("gives up letters whose caller gave up", () => {
    const mailbox = new Mailbox(bounds);
    const late = letter({ deadlineAt: 100 });
    const patient = letter();
    mailbox.offer(late, 0, 0);
    mailbox.offer(patient, 0, 0);
    expect(ids(mailbox.expire(99))).toEqual([]);
    expect(ids(mailbox.expire(100))).toEqual([late.id]);
    expect(ids(mailbox.take(100, () => 8, any))).toEqual([patient.id]);
  });

  it("batches only what shares a key, oldest first, up to the limit", () => {
    const mailbox = new Mailbox(bounds);
    const fast = Array.from({ length: 4 }, () => letter());
    const other = letter({ batchKey: "fine" });
    for (const each of [fast[0], other, ...fast.slice(1)] as Letter[]) mailbox.offer(each, 0, 0);
    expect(ids(mailbox.take(0, () => 3, any))).toEqual(ids(fast.slice(0, 3)));
    expect(ids(mailbox.take(0, () => 3, any))).toEqual([other.id]);
    expect(ids(mailbox.take(0, () => 3, any))).toEqual(ids(fast.slice(3)));
  });

  it("never puts a suspect into a batch", () => {
    const mailbox = new Mailbox(bounds);
    const suspect = letter({ alone: true });
    for (const each of [letter(), suspect, letter()]) mailbox.offer(each, 0, 0);
    const first = mailbox.take(0, () => 8, any);
    expect(first).toHaveLength(2);
    expect(ids(mailbox.take(0, () => 8, any))).toEqual([suspect.id]);
  });

  it("serves the lanes 8 : 4 : 1 while all have work", () => {
    const mailbox = new Mailbox({ ...bounds, itemsMax: 1000, bytesMax: 100_000 });
    for (const lane of lanes) for (let i = 0; i < 100; i++) mailbox.offer(letter({ lane }), 0, 0);
    const served: Lane[] = Array.from({ length: 26 }, () => mailbox.take(0, () => 1, any)[0]?.lane as Lane);
    const count = (lane: Lane) => served.filter((each) => each === lane).length;
    expect([count("interactive"), count("escalation"), count("bulk")]).toEqual([16, 8, 2]);
  });

  it("does not let bulk starve: what has waited long goes first", () => {
    const mailbox = new Mailbox({ ...bounds, itemsMax: 1000 });
    const old = letter({ lane: "bulk" });
    mailbox.offer(old, 0, 0);
    for (let i = 0; i < 20; i++) mailbox.offer(letter(), 9_000, 0);
    expect(mailbox.take(9_500, () => 1, any)[0]?.lane).toBe("interactive");
    expect(ids(mailbox.take(10_001, () => 1, any))).toEqual([old.id]);
  });

  it("passes over what may not run yet", () => {
    const mailbox = new Mailbox(bounds);
    const bulk = letter({ lane: "bulk" });
    mailbox.offer(bulk, 0, 0);
    expect(
      mailbox.take(
        0,
        () => 1,
        (each) => each.lane !== "bulk",
      ),
    ).toEqual([]);
    expect(mailbox.items).toBe(1);
  });

  it("loses nothing and invents nothing, whatever happens in whatever order", () => {
    const step = fc.oneof(
      fc.record({
        do: fc.constant("offer" as const),
        lane: fc.constantFrom(...lanes),
        bytes: fc.nat(300),
        alone: fc.boolean(),
      }),
      fc.record({ do: fc.constant("take" as const), limit: fc.integer({ min: 1, max: 4 }) }),
      fc.record({ do: fc.constant("cancel" as const), pick: fc.nat(20) }),
      fc.record({ do: fc.constant("expire" as const) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const mailbox = new Mailbox(bounds);
        const inside = new Map<string, Letter>();
        let now = 0;
        const leave = (letters: readonly Letter[]) => {
          for (const each of letters) expect(inside.delete(each.id)).toBe(true);
        };
        for (const each of steps) {
          now += 7;
          if (each.do === "offer") {
            const next = letter({ lane: each.lane, bytes: each.bytes, alone: each.alone, deadlineAt: now + 100 });
            if (mailbox.offer(next, now, 0) === undefined) inside.set(next.id, next);
          } else if (each.do === "take") leave(mailbox.take(now, () => each.limit, any));
          else if (each.do === "expire") leave(mailbox.expire(now));
          else {
            const id = [...inside.keys()][each.pick];
            const gone = id === undefined ? undefined : mailbox.cancel(id);
            if (gone !== undefined) leave([gone]);
          }
          expect(mailbox.items).toBe(inside.size);
          expect(mailbox.bytes).toBe([...inside.values()].reduce((sum, one) => sum + one.bytes, 0));
          expect(lanes.reduce((sum, lane) => sum + mailbox.itemsIn(lane), 0)).toBe(inside.size);
        }
      }),
    );
  });
});
