import type { LoadTest } from "../load-test.ts";

/** A server with two workers is full long before the last of these. */
const clientsTried = [4, 16, 48];
const warmUpSeconds = 2;
const warmUpClients = 4;

export interface Peak {
  /** Requests with a result a second. */
  readonly rate: number;
  readonly clients: number;
}

/** Connections, caches and just-in-time compilation are not what is measured. */
export async function warmUp(test: LoadTest): Promise<void> {
  await test.closed("warm-up", { clients: warmUpClients, seconds: warmUpSeconds });
}

/** The most a server does when it is never out of work, by a few numbers of clients. */
export async function findPeak(test: LoadTest, seconds: number): Promise<Peak> {
  const rows: Peak[] = [];
  for (const clients of clientsTried) {
    const { report } = await test.closed(`peak, ${clients} clients`, { clients, seconds });
    rows.push({ rate: report.goodput, clients });
  }
  const peak = rows.reduce((best, row) => (row.rate > best.rate ? row : best));
  if (peak.rate === 0) throw new Error(`${test.settings.target.url} answered no request with a result`);
  return peak;
}
