import type { ArrivingObject, PackExchange } from "../../src/cluster/pack-exchange.ts";

/** Pack files in memory, which a test may spoil. */
export class MemoryPacks implements PackExchange {
  readonly objects = new Map<string, Uint8Array>();
  /** SHA-256 of everything that was asked for or put, in order. */
  readonly asked: string[] = [];
  readonly puts: string[] = [];
  /** Puts and gets fail while it is set. */
  fault: Error | undefined;
  /** After so many bytes nothing more comes. */
  stallAfter = Number.POSITIVE_INFINITY;

  async has(sha256: string, bytes: number): Promise<boolean> {
    if (this.fault !== undefined) throw this.fault;
    return this.objects.get(sha256)?.byteLength === bytes;
  }

  async put({ sha256 }: { readonly sha256: string }, chunks: AsyncIterable<Uint8Array>): Promise<void> {
    if (this.fault !== undefined) throw this.fault;
    this.puts.push(sha256);
    const parts: Uint8Array[] = [];
    for await (const chunk of chunks) parts.push(chunk);
    this.objects.set(sha256, Buffer.concat(parts));
  }

  async get(sha256: string): Promise<ArrivingObject | undefined> {
    this.asked.push(sha256);
    if (this.fault !== undefined) throw this.fault;
    const bytes = this.objects.get(sha256);
    if (bytes === undefined) return undefined;
    const chunks = chunksOf(bytes, this.stallAfter);
    return { bytes: bytes.byteLength, chunks, cancel: () => undefined };
  }
}

const chunkBytes = 1024;

async function* chunksOf(bytes: Uint8Array, stallAfter: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += chunkBytes) {
    if (at >= stallAfter) await new Promise(() => undefined);
    yield bytes.subarray(at, at + chunkBytes);
  }
}
