import type { Provider } from "../cluster/index.ts";
import type { Log } from "../platform/index.ts";

/** An engine whose packs are warm, and what they run on. */
export interface Started<E> {
  readonly engine: E;
  readonly provider: Provider;
}

/**
 * Starts the engine on the GPU where that can load the very packs that it is to serve, else on the processor: whether a
 * library is installed says less than a session that opened.
 *
 * @param wanted `cuda`: on nothing else
 * @throws {Error} with the reason when the packs cannot be loaded
 */
export async function startEngine<E extends { start(): Promise<void>; drain(timeoutMs: number): Promise<void> }>(
  wanted: "auto" | Provider,
  create: (provider: Provider) => E,
  log: Pick<Log, "warn">,
): Promise<Started<E>> {
  const order: readonly Provider[] = wanted === "auto" ? ["cuda", "cpu"] : [wanted];
  for (const [i, provider] of order.entries()) {
    const engine = create(provider);
    try {
      await engine.start();
      return { engine, provider };
    } catch (error) {
      // What could not start still holds its process and its timers.
      await engine.drain(0);
      const next = order[i + 1];
      if (next === undefined) throw error;
      log.warn(
        { reason: error instanceof Error ? error.message : String(error) },
        `no ${provider} here: ${next} reads`,
      );
    }
  }
  throw new Error("there is no provider");
}
