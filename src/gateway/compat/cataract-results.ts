import { isProblem, Problem } from "../../contracts/index.ts";
import { signedUrl } from "../public-links.ts";
import { type GatewayContext, originOf, type Serving } from "../serving.ts";
import { mountOf } from "./profile.ts";

const pathOf = (id: string): string => `${mountOf("cataract")}/results/${id}`;

/** Where a kept answer is found; both null where none was kept. */
export interface KeptResults {
  readonly results_id: string | null;
  readonly results_url: string | null;
}

export const notKept: KeptResults = { results_id: null, results_url: null };

/**
 * Keeps an answer under an id that cannot be guessed. The images are read and recorded by then, so a store that does
 * not take it costs the client the copy and not the answer.
 */
export async function keepResults(serving: Serving, c: GatewayContext, body: object): Promise<KeptResults> {
  const id = serving.newCaseId();
  try {
    // The link inside would be over long before the copy is.
    await serving.results.keepResults(id, JSON.stringify({ ...body, results_id: id, results_url: null }));
    return { results_id: id, results_url: signedUrl(serving, c, pathOf(id)) };
  } catch (error) {
    if (!isProblem(error)) throw error;
    serving.log.error({ err: error }, "the results of a batch could not be kept");
    return notKept;
  }
}

/** @throws {Problem} results-unknown, store-unavailable */
export async function readResults({ results, cases }: Serving, c: GatewayContext): Promise<Response> {
  const id = c.req.param("id") ?? "";
  const kept = await results.getResults(id);
  if (kept === undefined) throw new Problem("results-unknown");
  await cases.recordAccess({ ...originOf(c), action: "results.read", object: `results/${id}` });
  c.header("Content-Type", "application/json");
  return c.body(kept);
}
