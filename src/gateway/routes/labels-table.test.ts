import { beforeEach, describe, expect, it } from "vitest";
import { caseRecord } from "../../../test/support/case-record.ts";
import { type TestDeps, testDeps } from "../../../test/support/gateway.ts";
import { type MemoryLabels, memoryLabels } from "../../../test/support/label-store.ts";
import { disclaimer, Problem } from "../../contracts/index.ts";
import { createApp } from "../app.ts";
import { labelImportSchema } from "./labels-document.ts";

const cases = Array.from({ length: 450 }, (_, i) =>
  caseRecord({
    id: `018f0000-0000-7000-8000-${String(i + 1).padStart(12, "0")}`,
    externalId: i < 2 ? "twice" : `exam-${i + 1}`,
  }),
);
const id = (number: number): string => cases[number - 1]?.id as string;
const head = "case_id,label,role,by,note\n";

let deps: TestDeps;
let labels: MemoryLabels;
beforeEach(() => {
  deps = testDeps();
  deps = { ...deps, cases: { ...deps.cases, getCase: async (wanted) => cases.find((each) => each.id === wanted) } };
  deps.cases.listCases = async ({ externalId }, limit) => ({
    cases: cases.filter((each) => each.externalId === externalId).slice(0, limit),
  });
  labels = memoryLabels((wanted) => cases.find((each) => each.id === wanted));
  deps = { ...deps, labels };
});

const send = async (body: string | Uint8Array<ArrayBuffer>, type = "text/csv") =>
  createApp(deps).request("/v1/labels", { method: "POST", body, headers: { "content-type": type } });
const outcome = async (body: string, type?: string) => labelImportSchema.parse(await (await send(body, type)).json());
const codeOf = async (answer: Response) => [answer.status, (await answer.json()).code];

describe("a table of labels", () => {
  it("is added row by row, and the same again changes nothing", async () => {
    const body = `${head}${id(1)},cataract,reader,anna,\n${id(2)},normal,senior,ben,"clear, all of it"\n`;
    expect(await outcome(body)).toEqual({ added: 2, unchanged: 0, refused: 0, refusals: [] });
    expect(labels.added.map(({ caseId, label, role, by, note }) => [caseId, label, role, by, note])).toEqual([
      [id(1), "cataract", "reader", "anna", undefined],
      [id(2), "normal", "senior", "ben", "clear, all of it"],
    ]);
    expect(await outcome(body)).toEqual({ added: 0, unchanged: 2, refused: 0, refusals: [] });
    expect(labels.added).toHaveLength(2);
    expect(deps.kept.events.map(({ action, object }) => [action, object])).toEqual([
      ["labels.read", "labels/2"],
      ["labels.read", "labels/2"],
    ]);
  });

  it("finds cases by the identifier that came with the image, unless several have it", async () => {
    const rows = "exam-3,cataract,reader,anna\nnowhere,cataract,reader,anna\ntwice,normal,reader,anna\n";
    const { added, refusals } = await outcome(`external_id,label,role,by\n${rows}`);
    expect(added).toBe(1);
    expect(labels.added[0]?.caseId).toBe(id(3));
    expect(refusals).toEqual([
      { line: 3, code: "case-unknown", detail: "There is no such case" },
      { line: 4, code: "field-invalid", detail: "external_id: several cases have it; give case_id instead" },
    ]);
  });

  it("says which rows are refused and why, and adds the others", async () => {
    const rows = [
      `${id(1)},cataract,reader,anna,`,
      `${id(2)},glaucoma,reader,anna,`,
      `${id(3)},cataract,owner,anna,`,
      `${id(4)},cataract,reader,,`,
      `none,cataract,reader,anna,`,
      `${id(5)},cataract,reader`,
      `${id(6)},cataract,reader,anna,"a\0b"`,
      `018f0000-0000-7000-8000-00000000ffff,cataract,reader,anna,`,
      `,cataract,reader,anna,`,
      `${id(7)},normal,reader,=cmd(),+note`,
    ];
    const found = await outcome(head + rows.join("\n"));
    expect([found.added, found.refused]).toEqual([2, 8]);
    expect(found.refusals.map(({ line, code }) => [line, code])).toEqual([
      [3, "field-invalid"],
      [4, "field-invalid"],
      [5, "field-invalid"],
      [6, "field-invalid"],
      [7, "field-invalid"],
      [8, "field-invalid"],
      [9, "case-unknown"],
      [10, "field-invalid"],
    ]);
    expect(found.refusals[0]?.detail).toBe("label: one of normal, cataract, ungradable");
    expect(found.refusals[3]?.detail).toContain("case_id");
  });

  it("keeps the order of what is said of one case, among others", async () => {
    const rows = ["cataract", "normal", "cataract"].flatMap((label) => [
      `${id(1)},${label},reader,anna,`,
      `${id(2)},${label},reader,anna,`,
    ]);
    expect((await outcome(head + rows.join("\n"))).added).toBe(6);
    const words = labels.added.filter(({ caseId }) => caseId === id(1)).map(({ label }) => label);
    expect(words).toEqual(["cataract", "normal", "cataract"]);
  });

  it("lists the first hundred refused rows, and counts all", async () => {
    const { refused, refusals } = await outcome(head + "none,cataract,reader,anna,\n".repeat(120));
    expect([refused, refusals.length, refusals.at(-1)?.line]).toEqual([120, 100, 101]);
  });

  it("is taken as one object a line as well", async () => {
    const lines = [
      { case_id: id(1), label: "cataract", role: "reader", by: "anna", note: "so" },
      { external_id: "exam-3", label: "normal", role: "reader", by: "anna" },
      { case_id: id(2), label: "normal", role: "reader", by: 7 },
      { case_id: id(2), external_id: "exam-3", label: "normal", role: "reader", by: "anna" },
      { case_id: id(2), label: "normal", role: "reader", by: "anna", of: "mind" },
    ].map((line) => JSON.stringify(line));
    const found = await outcome(`${lines.join("\n\r\n")}\n`, "application/x-ndjson; charset=UTF-8");
    expect([found.added, found.refusals.map(({ line }) => line)]).toEqual([2, [5, 7, 9]]);
  });

  it.each([
    ["a line that is no JSON", '{"case_id":\n', "application/x-ndjson", [400, "json-invalid"]],
    ["a line that is no object", "[1]\n", "application/x-ndjson", [400, "json-invalid"]],
    ["a key that is none", '{"__proto__":{"role":"senior"}}\n', "application/x-ndjson", [400, "json-invalid"]],
    ["a line without end", `{"note":"${"a".repeat(9000)}"}\n`, "application/x-ndjson", [400, "body-malformed"]],
    ["a quote without end", `${head}x,"\n`, "text/csv", [400, "body-malformed"]],
    ["a column that is none", "case_id,label,role,by,__proto__\n", "text/csv", [400, "field-invalid"]],
    ["a million columns", `${head.trim()}${",".repeat(1_000_000)}\n`, "text/csv", [400, "body-malformed"]],
    ["another character set, as it says", head, "text/csv; charset=windows-1252", [400, "body-malformed"]],
    ["another type", head, "application/json", [400, "body-malformed"]],
    ["nothing", "", "text/csv", [400, "body-malformed"]],
    ["too many rows", head + "x,,,,\n".repeat(5001), "text/csv", [413, "body-too-large"]],
    ["too many lines", "{}\n".repeat(5001), "application/x-ndjson", [413, "body-too-large"]],
    ["too many bytes", " ".repeat(1_048_577), "text/csv", [413, "body-too-large"]],
  ])("is refused whole for %s", async (_, body, type, expected) => {
    const good = `${id(1)},cataract,reader,anna,\n`;
    expect(await codeOf(await send(body === head ? head + good : body, type))).toEqual(expected);
    expect(labels.added).toEqual([]);
  });

  it("is refused whole for bytes of another character set, which it does not mention", async () => {
    const body = Buffer.from(`${head}${id(1)},cataract,reader,J\u00fcrgen,\n`, "latin1");
    expect(await codeOf(await send(new Uint8Array(body)))).toEqual([400, "body-malformed"]);
    expect(labels.added).toEqual([]);
  });

  it("gives back the bytes that it held, whatever comes of it", async () => {
    // As much as one of them holds while it is read.
    deps = { ...deps, config: { ...deps.config, INFLIGHT_BYTES_MAX: 1024 * 1024 } };
    const app = createApp(deps);
    const body = `${head}${`none,,,,${"a".repeat(8000)}\n`.repeat(60)}`;
    const init = (text: string) => ({ method: "POST", body: text, headers: { "content-type": "text/csv" } });
    for (const [text, status] of [
      [body, 200],
      [`${body}"`, 400],
      [body, 200],
      [body, 200],
    ] as const)
      expect((await app.request("/v1/labels", init(text))).status).toBe(status);
  });

  it("is refused, and harmless to send again, when the store goes away on the way", async () => {
    const body = head + [1, 2, 3].flatMap((n) => [0, 1].map((k) => `${id(n)},cataract,reader,p${k},\n`)).join("");
    let left = 3;
    const whole = labels.addLabel;
    labels.addLabel = async (...given) => {
      if (left-- === 0) throw new Problem("store-unavailable");
      return whole(...given);
    };
    expect(await codeOf(await send(body))).toEqual([503, "store-unavailable"]);
    left = 100;
    const again = await outcome(body);
    expect([again.added + again.unchanged, again.refused, labels.added.length]).toEqual([6, 0, 6]);
  });

  it("adds nothing without its line in the audit log", async () => {
    const recordAccess = async () => Promise.reject(new Problem("store-unavailable"));
    deps = { ...deps, cases: { ...deps.cases, recordAccess } };
    expect((await send(`${head}${id(1)},cataract,reader,anna,\n`)).status).toBe(503);
    expect(labels.added).toEqual([]);
  });
});

describe("the export of labels", () => {
  const get = async (method = "GET", programme = "cataract") =>
    createApp(deps).request(`/v1/programmes/${programme}/labels/export`, { method });
  const say = (caseId: string, label: string, by = "anna") =>
    labels.addLabel({ caseId, label, role: "reader", by }, { actor: "key:1", requestId: "r" });

  it("is a table of every labelled case, newest first", async () => {
    await say(id(1), "cataract");
    await say(id(2), "cataract");
    await say(id(2), "normal", "ben");
    const toss = { probability: 0.01, chosen: true };
    labels.audits.set(id(1), { stratum: "fast-negative", epoch: "e", fine: toss, human: toss });
    const answer = await get();
    expect(answer.headers.get("content-type")).toBe("text/csv; charset=utf-8");
    expect(answer.headers.get("content-disposition")).toBe('attachment; filename="labels-cataract.csv"');
    const said = disclaimer.includes(",") ? `"${disclaimer}"` : disclaimer;
    expect((await answer.text()).split("\r\n")).toEqual([
      "case_id,truth,conflict,labels,outcome,audit_probability,audit_chosen,disclaimer",
      `${id(2)},,true,2,negative,,,${said}`,
      `${id(1)},cataract,false,1,negative,0.01,true,${said}`,
      "",
    ]);
    expect(deps.kept.events).toMatchObject([{ action: "labels.read", object: "programme/cataract" }]);
  });

  it("goes on from page to page, each case once", async () => {
    for (const { id: one } of cases) await say(one, "normal");
    const lines = (await (await get()).text()).trim().split("\r\n").slice(1);
    expect(lines.map((line) => line.slice(0, 36))).toEqual(cases.map(({ id: one }) => one).reverse());
  });

  it("shows as text what a spreadsheet would take for a formula", async () => {
    await say(id(1), "normal");
    const whole = labels.labelledCases;
    labels.labelledCases = async (...given) =>
      (await whole(...given)).map((one) => ({ ...one, labelled: { ...one.labelled, truth: '=HYPERLINK("x")' } }));
    expect(await (await get()).text()).toContain(`,"'=HYPERLINK(""x"")",`);
  });

  it("is refused before it begins when there is nothing to begin with", async () => {
    expect(await codeOf(await get("GET", "none"))).toEqual([404, "programme-unknown"]);
    labels.labelledCases = async () => Promise.reject(new Problem("store-unavailable"));
    expect(await codeOf(await get())).toEqual([503, "store-unavailable"]);
  });
});
