import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFile, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { lineOf, sha256Of } from "./event.ts";
import { Registry } from "./registry.ts";

const hex = (n: number): string => n.toString(16).padStart(64, "0");
const packs = (n: number) => ({
  fast: { id: "cataract/fast-1", digest: hex(n) },
  fine: { id: "cataract/fine-1", digest: hex(1) },
  cascade: { id: "cataract/cascade-1", digest: hex(2) },
});
const lineage = { dataSha256: hex(7), codeVersion: "0.2.0", parent: null, recipe: "models/recipes/make-cataract.sh" };
const by = { actor: "operator:ada", reason: "measured better", evidence: { auc: 0.97, images: 260 } };

describe("Registry", () => {
  let folder: string;
  let path: string;
  let registry: Registry;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "fovea-registry-"));
    path = join(folder, "registry", "events.jsonl");
    registry = new Registry(path);
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const add = async (n: number, programme = "cataract"): Promise<string> =>
    (await registry.register(programme, { packs: packs(n), lineage }, by)).digest;
  const activate = async (n: number): Promise<string> => {
    const digest = await add(n);
    await registry.promote(digest, by);
    await registry.promote(digest, by);
    return digest;
  };
  const fault = (name: string) => ({ name: "RegistryError", fault: name });

  it("refuses a digest that nobody registered", async () => {
    for (const act of [
      () => registry.promote(hex(9), by),
      () => registry.retire(hex(9), by),
      () => registry.show(hex(9)),
    ])
      await expect(act()).rejects.toMatchObject(fault("release-unknown"));
  });

  it("refuses the same packs twice, and a parent that is not registered", async () => {
    await add(3);
    await expect(add(3)).rejects.toMatchObject(fault("release-exists"));
    const orphan = { packs: packs(4), lineage: { ...lineage, parent: hex(5) } };
    await expect(registry.register("cataract", orphan, by)).rejects.toMatchObject(fault("release-unknown"));
    expect((await registry.verify()).headSeq).toBe(1);
  });

  it("refuses every step that is not one: past active, out of retired, a second retirement", async () => {
    const digest = await activate(3);
    await expect(registry.promote(digest, by)).rejects.toMatchObject(fault("transition-illegal"));
    await registry.retire(digest, by);
    await expect(registry.promote(digest, by)).rejects.toMatchObject(fault("transition-illegal"));
    await expect(registry.retire(digest, by)).rejects.toMatchObject(fault("transition-illegal"));
  });

  it("refuses a rollback when no other release was active, also with a retired candidate about", async () => {
    await expect(registry.rollback("cataract", by)).rejects.toMatchObject(fault("nothing-to-roll-back-to"));
    await activate(3);
    await registry.retire(await add(4), by);
    await expect(registry.rollback("cataract", by)).rejects.toMatchObject(fault("nothing-to-roll-back-to"));
  });

  it("promotes in one event and rolls back one step, keeping both", async () => {
    const [first, second] = [await activate(3), await activate(4)];
    expect((await registry.active("cataract"))?.digest).toBe(second);
    expect((await registry.show(first)).release.state).toBe("retired");
    await registry.rollback("cataract", { ...by, reason: "misses went up" });
    expect((await registry.active("cataract"))?.digest).toBe(first);
    const { release, events } = await registry.show(second);
    expect(release.state).toBe("retired");
    expect(events.map(({ type, reason }) => [type, reason]).at(-1)).toEqual(["state-changed", "misses went up"]);
    await expect(registry.rollback("cataract", by)).rejects.toMatchObject(fault("nothing-to-roll-back-to"));
  });

  it("rolls back to the one before an active release that was retired, and leaves other programmes alone", async () => {
    const [first, second] = [await activate(3), await activate(4)];
    await registry.retire(second, by);
    expect(await registry.active("cataract")).toBeUndefined();
    expect((await registry.rollback("cataract", by)).digest).toBe(first);
    await add(3, "retinopathy");
    expect((await registry.list("retinopathy")).map(({ state }) => state)).toEqual(["candidate"]);
    expect((await registry.list()).length).toBe(3);
  });

  it("lets one of many writers win who decided on the same head", async () => {
    const digests = [await add(3), await add(4), await add(5), await add(6)];
    const writers = digests.map((digest) => new Registry(path).promote(digest, { ...by, expectedSeq: 4 }));
    const ends = await Promise.allSettled(writers);
    expect(ends.filter(({ status }) => status === "fulfilled").length).toBe(1);
    for (const end of ends) if (end.status === "rejected") expect(end.reason).toMatchObject(fault("head-moved"));
    expect((await registry.verify()).headSeq).toBe(5);
  });

  it("loses no event of many writers who decided on none", async () => {
    await Promise.all(
      Array.from({ length: 12 }, (_, n) =>
        new Registry(path).register("cataract", { packs: packs(n + 10), lineage }, by),
      ),
    );
    expect((await registry.verify()).headSeq).toBe(12);
    expect(await readdir(join(folder, "registry"))).toEqual(["events.jsonl"]);
  });

  it("takes over the lock of a process that was killed, and waits for one that lives", async () => {
    await add(3);
    const other = spawn("sleep", ["60"]);
    await once(other, "spawn");
    const stat = await readFile(`/proc/${other.pid}/stat`, "utf8");
    const holder = { pid: other.pid, began: stat.split(") ")[1]?.split(" ")[19], token: "left" };
    // It was killed while it waited for, took over and then held the lock.
    for (const name of ["lock", "lock.0123", "lock.left.dead"])
      await writeFile(`${path}.${name}`, JSON.stringify(holder));
    await expect(registry.promote((await registry.list())[0]?.digest ?? "", by)).rejects.toMatchObject(fault("busy"));
    other.kill("SIGKILL");
    await once(other, "exit");
    await Promise.all([4, 5, 6].map((n) => add(n)));
    expect(await readdir(dirname(path))).toEqual(["events.jsonl"]);
    expect((await registry.verify()).headSeq).toBe(4);
  });

  it("reports a torn last line and cuts it off with the next event", async () => {
    await add(3);
    const whole = (await stat(path)).size;
    const next = `{"seq":2,"at":"2026-11-21T12:00:00.000Z","actor":"ope`;
    for (let cut = 1; cut <= next.length; cut++) {
      await writeFile(path, `${(await readFile(path, "utf8")).slice(0, whole)}${next.slice(0, cut)}`);
      expect(await registry.verify()).toMatchObject({ headSeq: 1, tornBytes: cut });
    }
    await add(4);
    expect(await registry.verify()).toMatchObject({ headSeq: 2, tornBytes: 0 });
  });

  it("survives a first event that was torn", async () => {
    await add(3);
    await writeFile(path, '{"seq":1,"at":"20');
    await add(3);
    expect(await registry.verify()).toMatchObject({ headSeq: 1, tornBytes: 0 });
  });

  it.each<[string, (lines: string[]) => string[], number]>([
    ["garbage after the last line", (lines) => [...lines.slice(0, -1), "garbage"], 4],
    ["a whole line without its newline", (lines) => lines.slice(0, -1), 3],
    ["a line that is missing", (lines) => lines.toSpliced(1, 1), 2],
    ["lines in another order", ([one = "", two = "", ...rest]) => [two, one, ...rest], 1],
    ["the same line twice", ([one = "", ...rest]) => [one, one, ...rest], 2],
    ["a line that is no event", (lines) => ["{}", ...lines], 1],
    ["other white space", ([one = "", ...rest]) => [one.replace(",", ", "), ...rest], 1],
  ])("refuses %s and names the line", async (_name, change, line) => {
    await activate(3);
    await writeFile(path, change((await readFile(path, "utf8")).split("\n")).join("\n"));
    await expect(registry.verify()).rejects.toMatchObject({ ...fault("registry-broken"), line });
    await expect(add(9)).rejects.toMatchObject(fault("registry-broken"));
  });

  it("finds any single byte that was changed", async () => {
    await activate(3);
    await activate(4);
    const bytes = await readFile(path);
    const change = fc.tuple(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }));
    const found = fc.asyncProperty(change, async ([at, by]) => {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ by;
      await writeFile(path, changed);
      await expect(registry.verify()).rejects.toMatchObject(fault("registry-broken"));
    });
    await fc.assert(found, { numRuns: 300, examples: [[[0, 1]], [[bytes.length - 1, 1]], [[bytes.length - 2, 2]]] });
  });

  it("refuses a chain that fits but tells an impossible story", async () => {
    const digest = await add(3);
    const [first] = (await readFile(path, "utf8")).split("\n");
    const skip = {
      type: "state-changed",
      programme: "cataract",
      digest,
      from: "candidate",
      to: "active",
      displaced: null,
      ...by,
    } as const;
    const line = lineOf(skip, { seq: 2, at: "2026-11-21T12:00:00.000Z", previous: sha256Of(first ?? "") });
    await appendFile(path, `${line}\n`);
    await expect(registry.verify()).rejects.toMatchObject({ ...fault("registry-broken"), line: 2 });
  });
});
