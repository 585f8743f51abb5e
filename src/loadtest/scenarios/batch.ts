import type { LoadTest } from "../load-test.ts";
import { imagePost, type LoadImage } from "../requests.ts";
import { warmUp } from "./peak.ts";
import type { ScenarioOptions } from "./scenario-options.ts";

const clients = 8;
const batchPath = "/predict_batch";
const batchField = "images";

/** Images with a result, by the answer itself: a batch whose images failed is answered 200 all the same. */
function countImages(answer: string): number {
  try {
    const { predictions } = JSON.parse(answer) as { predictions?: readonly { readonly status?: string }[] };
    return predictions?.filter(({ status }) => status === "ok").length ?? 0;
  } catch {
    return 0;
  }
}

/** Images a second in batches beside the same images one a request, in turn. */
export async function batch(test: LoadTest, { seconds, rounds, batchImages }: ScenarioOptions): Promise<void> {
  const { images } = test.settings;
  const batches = Array.from({ length: Math.max(1, Math.ceil(images.length / batchImages)) }, (_, i) => {
    const own = Array.from(
      { length: batchImages },
      (_, k) => images[(i * batchImages + k) % images.length] as LoadImage,
    );
    return { ...imagePost(batchPath, batchField, own), countImages };
  });
  await warmUp(test);
  const shares: number[] = [];
  let failed = 0;
  for (let round = 1; round <= rounds; round++) {
    const singles = await test.closed(`single ${round}`, { clients, seconds });
    const batched = await test.closed(`batches ${round}`, { clients: 2, seconds, requests: batches });
    shares.push(batched.report.imagesPerSecond / singles.report.imagesPerSecond);
    failed += batched.report.sent - batched.report.ok;
  }
  const sorted = [...shares].sort((a, b) => a - b);
  const found = sorted.map((share) => share.toFixed(2)).join(", ");
  test.check(`images/s in batches of ${batchImages}, of single images' (sorted)`, "1 or more", found, rounds, null);
  test.check("batches not answered with results", "0", String(failed), rounds, failed === 0);
}
