import { isIP } from "node:net";
import * as z from "zod";
import { count, MiB } from "./number-setting.ts";

function isRange(text: string): boolean {
  const [address = "", bits, ...more] = text.trim().split("/");
  const family = isIP(address);
  if (family === 0 || more.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}

/** What one caller may do. Off unless set: an upgrade must not refuse anybody. */
export const rateSettings = {
  RATE_LIMIT_REQUESTS_PER_S: z.coerce
    .number()
    .min(0)
    .max(100_000)
    .default(0)
    .describe("Requests a second that one address may send for long; 0, as with all of these: no limit"),
  RATE_LIMIT_BURST: count(0, 0, 1_000_000).describe("Requests that it may send at once; 0: as many as in two seconds"),
  RATE_LIMIT_BYTES_PER_MIN: count(0, 0, 1024 * 1024 * MiB).describe("Bytes of bodies that it may send in a minute"),
  RATE_LIMIT_CONCURRENT: count(0, 0, 65_535).describe("Requests that it may have open at the same time"),
  RATE_LIMIT_SOCKETS: count(0, 0, 65_535).describe("WebSockets that it may have open at the same time"),
  RATE_LIMIT_BATCH_ITEMS_PER_DAY: count(0, 0, 1_000_000_000).describe(
    "Items of durable batches that it may post in a day",
  ),
  RATE_LIMIT_KEY_FACTOR: count(10, 1, 10_000).describe("How many times as much one API key may do as one address"),
  TRUSTED_PROXIES: z
    .string()
    .refine((list) => list.split(",").every(isRange), "addresses or CIDR ranges, separated by commas")
    .optional()
    .describe(
      "Proxies whose `X-Forwarded-For` says where a request comes from, e.g. `10.0.0.0/8,::1`; default: none, the header counts for nothing",
    ),
  GRAFANA_URL: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe("Grafana with the dashboards of `grafana/`, to which the page `/ops` links; default: none"),
  NODE_METRICS_PORT: z.coerce
    .number()
    .int()
    .min(0)
    .max(65_535)
    .optional()
    .describe("Port on HOST at which a node answers `GET /metrics`, with API_KEY where there is one; default: none"),
} as const;
