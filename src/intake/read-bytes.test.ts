import { Readable } from "node:stream";
import { deflateSync, gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { ByteBudget } from "./byte-budget.ts";
import { readBytes } from "./read-bytes.ts";

const signal = new AbortController().signal;

function read(bytes: Uint8Array, encoding?: string, bytesMax = 1000) {
  const budget = new ByteBudget(10_000);
  const lease = budget.reserve(0);
  const headers = encoding === undefined ? {} : { "content-encoding": encoding };
  return { budget, lease, body: readBytes({ headers, body: Readable.from([bytes]) }, { bytesMax, signal, lease }) };
}

describe("the bytes of a body", () => {
  it.each([
    ["br", Buffer.from("x"), "body-malformed"],
    ["gzip", Buffer.from("no gzip at all"), "body-malformed"],
    ["deflate", gzipSync("of another kind"), "body-malformed"],
    ["gzip", gzipSync("cut off in the middle").subarray(0, 20), "body-malformed"],
    // 100 KB of nothing in about a hundred bytes.
    ["gzip", gzipSync(Buffer.alloc(100_000)), "body-too-large"],
    ["identity", Buffer.alloc(1001), "body-too-large"],
  ])("encoded as %s (%#) are refused", async (encoding, bytes, code) => {
    await expect(read(bytes, encoding).body).rejects.toMatchObject({ code });
  });

  it("are refused where there is no room to inflate them", async () => {
    await expect(read(gzipSync("short"), "gzip", 20_000).body).rejects.toMatchObject({
      code: "too-many-bytes-in-flight",
    });
  });

  it.each([
    [undefined, (bytes: Buffer) => bytes],
    ["gzip", gzipSync],
    ["Deflate", deflateSync],
  ])("encoded as %s arrive as they were, and count as long as they are held", async (encoding, encode) => {
    const bytes = Buffer.from("the same bytes ".repeat(20));
    const { body, lease, budget } = read(encode(bytes), encoding);
    expect((await body).equals(bytes)).toBe(true);
    expect(lease.bytes).toBeGreaterThanOrEqual(bytes.length);
    lease.release();
    expect(budget.reservedBytes).toBe(0);
  });
});
