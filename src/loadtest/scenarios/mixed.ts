import type { LoadTest } from "../load-test.ts";
import { badPosts, type LoadImage, withBad } from "../requests.ts";
import type { PreparedRequest } from "../sender.ts";
import { findPeak, warmUp } from "./peak.ts";
import type { ScenarioOptions } from "./scenario-options.ts";
import { ms } from "./words.ts";

const load = 0.7;
/** 2 %. */
const badEvery = 50;

export function mixedPosts(test: LoadTest): PreparedRequest[] {
  const { target, images } = test.settings;
  return withBad(test.posts, badPosts(target.path, target.field, images[0] as LoadImage), badEvery);
}

/** Two of a hundred uploads are broken: those are rejected, and nobody else notices. */
export async function mixed(test: LoadTest, { seconds, rate }: ScenarioOptions): Promise<void> {
  await warmUp(test);
  const wanted = rate ?? load * (await findPeak(test, Math.max(2, seconds / 2))).rate;
  const clean = await test.open("good images only", { kind: "poisson", rate: wanted, seconds });
  const { report } = await test.open(
    "2 % broken",
    { kind: "poisson", rate: wanted, seconds },
    { requests: mixedPosts(test) },
  );
  const answered = report.ok + report.later + report.rejected;
  test.check(
    "good ones rejected, or broken ones taken",
    "0",
    String(report.misjudged),
    answered,
    report.misjudged === 0,
  );
  const failed = report.failed + report.lost;
  test.check("failed or lost", "0", String(failed), report.sent, failed === 0);
  test.check(
    "p99 of good images with broken ones among them",
    `beside ${ms(clean.report.latency.ok.p99)} without`,
    ms(report.latency.ok.p99),
    report.latency.ok.n,
    null,
  );
}
