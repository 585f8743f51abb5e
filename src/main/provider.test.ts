import { describe, expect, it } from "vitest";
import { startEngine } from "./provider.ts";

/** Engines of a machine that has these providers, and what was said. */
function machine(...has: string[]) {
  const said: string[] = [];
  const create = (provider: string) => ({
    provider,
    start: async () => {
      if (!has.includes(provider)) throw new Error(`no ${provider}`);
    },
    drain: async () => void said.push(`${provider} ended`),
  });
  return { create, said, log: { warn: (_: object, text: string) => void said.push(text) } as never };
}

describe("the provider of a node", () => {
  it("is CUDA where the packs load there", async () => {
    const { create, log, said } = machine("cuda", "cpu");
    expect(await startEngine("auto", create, log)).toMatchObject({ provider: "cuda", engine: { provider: "cuda" } });
    expect(said).toEqual([]);
  });

  it("is else the processor, and that is said", async () => {
    const { create, log, said } = machine("cpu");
    expect(await startEngine("auto", create, log)).toMatchObject({ provider: "cpu", engine: { provider: "cpu" } });
    expect(said).toEqual(["cuda ended", "no cuda here: cpu reads"]);
  });

  it("is nothing else where one was named", async () => {
    const { create, log } = machine("cpu");
    await expect(startEngine("cuda", create, log)).rejects.toThrow("no cuda");
    expect((await startEngine("cpu", create, log)).provider).toBe("cpu");
  });

  it("is none where the packs load nowhere", async () => {
    const { create, log } = machine();
    await expect(startEngine("auto", create, log)).rejects.toThrow("no cpu");
  });
});
