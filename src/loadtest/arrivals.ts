import { Random } from "../contracts/random.ts";

/** When requests are due. Rates are requests a second; the times depend on nothing but the plan and the seed. */
export type ArrivalPlan =
  | { readonly kind: "constant"; readonly rate: number; readonly seconds: number }
  /** Callers who know nothing of each other: exponential gaps. */
  | { readonly kind: "poisson"; readonly rate: number; readonly seconds: number }
  /** One Poisson rate after the other, each for the same time. */
  | { readonly kind: "steps"; readonly rates: readonly number[]; readonly seconds: number }
  /** Poisson, and every `everySeconds` so many at once: a clinic that empties its camera. */
  | {
      readonly kind: "burst";
      readonly rate: number;
      readonly seconds: number;
      readonly burst: number;
      readonly everySeconds: number;
    };

/** Times at which requests are due, ms from the start, ascending and below the end of the plan. */
export function* arrivalTimes(plan: ArrivalPlan, seed: number): Generator<number> {
  const random = new Random(seed);
  const endMs = plan.seconds * 1000;
  if (plan.kind === "constant") {
    for (let i = 0; (i * 1000) / plan.rate < endMs; i++) yield (i * 1000) / plan.rate;
    return;
  }
  if (plan.kind === "poisson") return yield* poisson(random, plan.rate, 0, endMs);
  if (plan.kind === "steps") {
    const stepMs = endMs / plan.rates.length;
    for (const [i, rate] of plan.rates.entries()) yield* poisson(random, rate, i * stepMs, (i + 1) * stepMs);
    return;
  }
  for (let from = 0; from < endMs; from += plan.everySeconds * 1000) {
    for (let i = 0; i < plan.burst; i++) yield from;
    yield* poisson(random, plan.rate, from, Math.min(endMs, from + plan.everySeconds * 1000));
  }
}

/** Exponential gaps have no memory, so a piece may begin anywhere. */
function* poisson(random: Random, rate: number, fromMs: number, toMs: number): Generator<number> {
  if (rate <= 0) return;
  for (let at = fromMs; ; ) {
    at -= (1000 / rate) * Math.log(1 - random.next());
    if (at >= toMs) return;
    yield at;
  }
}

/** The plan in words. */
export function planInWords(plan: ArrivalPlan): string {
  const rate = (value: number): string => `${Number(value.toPrecision(3))}/s`;
  if (plan.kind === "steps") return `steps ${plan.rates.map(rate).join(", ")}`;
  if (plan.kind === "burst") return `poisson ${rate(plan.rate)}, ${plan.burst} at once every ${plan.everySeconds} s`;
  return `${plan.kind} ${rate(plan.rate)}`;
}
