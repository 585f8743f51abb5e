import type { LoadTest } from "../load-test.ts";
import type { Sample } from "../phase.ts";

const giveUpMs = 5000;
const prefix = "screen_process_";

/** One line of the Prometheus text format. */
function gaugeOf(text: string, name: string): number | null {
  const line = text.split("\n").find((each) => each.startsWith(`${prefix}${name} `));
  const value = line === undefined ? Number.NaN : Number(line.slice(line.lastIndexOf(" ") + 1));
  return Number.isFinite(value) ? value : null;
}

/** What the server says of its own process; nothing is known where it is not asked in time or says no such thing. */
export function sampleMetrics(test: LoadTest): (atS: number) => Promise<Sample> {
  const { url, apiKey } = test.settings.target;
  const headers: Record<string, string> = apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` };
  return async (atS) => {
    const text = await fetch(`${url}/metrics`, { headers, signal: AbortSignal.timeout(giveUpMs) })
      .then((answer) => (answer.ok ? answer.text() : ""))
      .catch(() => "");
    const delay = gaugeOf(text, "nodejs_eventloop_lag_p99_seconds");
    return {
      atS,
      residentBytes: gaugeOf(text, "process_resident_memory_bytes"),
      fileDescriptors: gaugeOf(text, "process_open_fds"),
      eventLoopP99Ms: delay === null ? null : 1000 * delay,
    };
  };
}
