import { describe, expect, it } from "vitest";
import { benchTable } from "./bench-table.ts";

describe("the table of what a machine can do", () => {
  it("says each figure with its n and interval, what limits, and on what it was measured", () => {
    const text = benchTable({
      cores: 2,
      workers: 2,
      provider: "cpu",
      images: "drawn JPEGs of 640 x 480",
      records: "an embedded database",
      programmes: [
        {
          programme: "cataract",
          packs: { fast: "cataract/fast-1", fine: "cataract/fine-1" },
          loadMs: 900,
          throughput: { perSecond: 101.26, interval: [95.04, 107.48], n: 253, seconds: 2.5 },
          latency: {
            ms: 14.25,
            interval: [13.5, 15],
            n: 139,
            shares: { decode: 0.4, network: 0.25, records: 0.2, other: 0.15 },
            allCores: 0,
          },
          bottleneck: { what: "decode", workersBusy: 0.914 },
          secondLooks: 0.1,
        },
      ],
    });
    expect(text).toContain(
      "2 cores, 2 workers, cpu; drawn JPEGs of 640 x 480; records in an embedded database; no HTTP",
    );
    expect(text).toMatch(
      /cataract +101\.3 \(95\.0 to 107\.5\) +253 in 2\.5 s +14\.3 ms \(13\.5 to 15\.0\) +139 +decode \(workers 91 % busy\)/,
    );
    expect(text).toContain("40 % decoding, 25 % networks, 20 % records, 15 % other; 0 % read with all cores");
  });
});
