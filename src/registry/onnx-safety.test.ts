import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { assertSafeOnnx } from "./onnx-safety.ts";

// Made with onnx 1.23.2. An addition of a weight: kept in weights.bin by onnx.save_model(save_as_external_data=True), and
// kept inside. A constant of the else branch of an If, with the location ../../etc/passwd.
const besideIt =
  "CA46dQoOCgF4CgF3EgF5IgNBZGQSAWcqPghAEAFCAXdqFwoIbG9jYXRpb24SC3dlaWdodHMuYmluagsKBm9mZnNldBIBMGoNCgZsZW5ndGgSAzI1NnABWg8KAXgSCgoICAESBAoCCEBiDwoBeRIKCggIARIECgIIQEIECgAQEQ==";
const inBranch =
  "CA467AEKyAEKAWISAXkiAklmKmoKC2Vsc2VfYnJhbmNoMlgKQhIBZSIIQ29uc3RhbnQqMwoFdmFsdWUqJwgBEAFCAWNqHAoIbG9jYXRpb24SEC4uLy4uL2V0Yy9wYXNzd2RwAaABBBIBZWIPCgFlEgoKCAgBEgQKAggBoAEFKlAKC3RoZW5fYnJhbmNoMj4KKBIBdCIIQ29uc3RhbnQqGQoFdmFsdWUqDQgBEAFCAXpKBAAAAACgAQQSAXRiDwoBdBIKCggIARIECgIIAaABBRIBZ1oLCgFiEgYKBAgJEgBiDwoBeRIKCggIARIECgIIAUIECgAQEQ==";
const inside =
  "CA46SAoOCgF4CgF3EgF5IgNBZGQSAWcqEQgCEAFCAXdKCAAAAAAAAIA/Wg8KAXgSCgoICAESBAoCCAJiDwoBeRIKCggIARIECgIIAkIECgAQEQ==";
const bytes = (base64: string): Uint8Array => new Uint8Array(Buffer.from(base64, "base64"));
const invalid = expect.objectContaining({ name: "RegistryError", fault: "onnx-invalid" });
const external = expect.objectContaining({ name: "RegistryError", fault: "onnx-external-data" });
const models = resolve(import.meta.dirname, "../../models");

/** `payload` as field number `field`. */
const field = (number: number, payload: Buffer): Buffer => {
  const length: number[] = [];
  for (let rest = payload.length; ; rest >>>= 7) {
    length.push(rest < 128 ? rest : (rest & 127) | 128);
    if (rest < 128) break;
  }
  return Buffer.concat([Buffer.from([number * 8 + 2, ...length]), payload]);
};

describe("assertSafeOnnx", () => {
  it("refuses a model that keeps a weight in another file", () => {
    expect(() => assertSafeOnnx(bytes(besideIt))).toThrowError(external);
  });

  it("finds such a weight in a branch of a subgraph", () => {
    expect(() => assertSafeOnnx(bytes(inBranch))).toThrowError(external);
  });

  it.each([
    ["nothing", Buffer.alloc(0)],
    ["a web page", Buffer.from("<!doctype html><html><body>Not Found</body></html>")],
    ["a JPEG", Buffer.from("ffd8ffe000104a46494600010100000100010000", "hex")],
    ["a pickle", Buffer.from("800495", "hex")],
    ["a text of Git LFS", Buffer.from("version https://git-lfs.github.com/spec/v1\n")],
    ["a message without a graph", Buffer.from("080e", "hex")],
    ["a length beyond the end", Buffer.from("080e3affffffff0f", "hex")],
    ["an endless number", Buffer.from("08ffffffffffffffffffffff", "hex")],
  ])("refuses %s", (_name, given) => {
    expect(() => assertSafeOnnx(given)).toThrowError(invalid);
  });

  it("refuses graphs within graphs without end, and does not fall over them", () => {
    let graph: Buffer = Buffer.alloc(0);
    for (let i = 0; i < 5000; i++) graph = field(1, field(5, field(6, graph)));
    expect(() => assertSafeOnnx(field(7, graph))).toThrowError(invalid);
  });

  it("either accepts or refuses, whatever byte of a model is changed", () => {
    const whole = bytes(inBranch);
    const property = fc.property(fc.nat(whole.length - 1), fc.nat(255), fc.nat(whole.length), (at, value, end) => {
      const changed = whole.slice(0, end);
      if (at < end) changed[at] = value;
      try {
        assertSafeOnnx(changed);
      } catch (error) {
        expect(error).toMatchObject({ name: "RegistryError" });
      }
    });
    fc.assert(property, { numRuns: 1000 });
  });

  it("accepts a model that is whole, the committed ones among them", () => {
    assertSafeOnnx(bytes(inside));
    for (const path of [
      "encoders/efficientnet-lite0-int8/encoder.onnx",
      "cataract/fine-1/fine.onnx",
      "cataract/fast-1/domain.onnx",
    ])
      assertSafeOnnx(readFileSync(resolve(models, path)));
  });
});
