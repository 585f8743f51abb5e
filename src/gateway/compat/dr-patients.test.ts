import { beforeEach, describe, expect, it } from "vitest";
import { type TestDeps, testDeps } from "../../../test/support/gateway.ts";
import { retinopathyCatalog } from "../../../test/support/retinopathy.ts";
import { createApp } from "../app.ts";
import { patientSchema } from "./dr-patients.ts";
import { drHealthSchema, drWelcomeSchema } from "./dr-routes.ts";
import { fastApiErrorSchema } from "./fastapi-problem.ts";

let deps: TestDeps;
beforeEach(() => {
  deps = testDeps({}, { programmes: retinopathyCatalog });
});

const body = (value: unknown): RequestInit => ({
  method: "POST",
  headers: { "content-type": "application/json" },
  body: typeof value === "string" ? value : JSON.stringify(value),
});

// Every path exists under the mount, at the root where this system alone has it, and with a slash or without.
describe.each(["", "/p/dr"])("patients at %j", (mount) => {
  const ask = (path: string, init?: RequestInit) => createApp(deps).request(mount + path, init);
  const create = async (value: unknown) => {
    const response = await ask("/patients/", body(value));
    expect(response.status).toBe(200);
    return patientSchema.parse(await response.json());
  };

  it.each([
    ["no name", {}, "missing", ["body", "name"]],
    ["an empty name", { name: "" }, "string_too_short", ["body", "name"]],
    ["a name of blanks", { name: "  " }, "value_error", ["body", "name"]],
    ["a long name", { name: "n".repeat(201) }, "string_too_long", ["body", "name"]],
    ["a name that is none", { name: 7 }, "string_type", ["body", "name"]],
    ["an age in words", { name: "A", age: "old" }, "int_parsing", ["body", "age"]],
    ["half a year", { name: "A", age: 1.5 }, "int_from_float", ["body", "age"]],
    ["an age before birth", { name: "A", age: -1 }, "greater_than_equal", ["body", "age"]],
    ["an age beyond anyone's", { name: "A", age: 151 }, "less_than_equal", ["body", "age"]],
    ["text that is no JSON", "{", "json_invalid", ["body", 0]],
  ])("refuse %s as FastAPI does, and keep nothing", async (_what, given, type, loc) => {
    const response = await ask("/patients/", body(given));
    expect(response.status).toBe(422);
    const refused = fastApiErrorSchema.parse(await response.json());
    expect(refused.detail).toEqual([expect.objectContaining({ type, loc })]);
    expect(deps.memory.people.size).toBe(0);
  });

  it("are read from JSON alone, and another kind of body is refused as FastAPI does", async () => {
    const init = { method: "POST", body: new URLSearchParams({ name: "Ada" }) };
    const response = await ask("/patients/", init);
    expect([response.status, await response.json()]).toMatchObject([
      422,
      { detail: [{ type: "model_attributes_type", loc: ["body"] }], code: "body-malformed" },
    ]);
    expect(deps.memory.people.size).toBe(0);
  });

  it.each(["54", "54.0", 54.0])("take the age %j for a whole number", async (age) => {
    expect((await create({ name: "Ada", age })).age).toBe(54);
  });

  it("are created with 200, every key there, times without a zone", async () => {
    const made = await create({ name: "Ada", surprise: { a: 1 }, id: "mine" });
    expect(made).toMatchObject({ name: "Ada", age: null, email: null, phone: null, medical_history: null });
    expect(Object.keys(made)).toEqual([
      "name",
      "age",
      "email",
      "phone",
      "medical_history",
      "id",
      "created_at",
      "updated_at",
    ]);
    expect(made.created_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$/);
    expect(made.id).not.toBe("mine");
    expect(deps.memory.trails[0]?.origin.actor).toBe("loopback");
  });

  it("are one person in every system's view", async () => {
    const full = { name: "Ada", age: "36", email: "a@b.org", phone: "1", medical_history: "type 2\nsince 2010" };
    const made = await create(full);
    expect(made).toMatchObject({ ...full, age: 36 });
    expect(deps.memory.people.get(made.id)).toMatchObject({
      history: full.medical_history,
      status: "Pending Analysis",
      workflowStep: 1,
      version: 1,
      symptoms: [],
    });
  });

  it("are read by their id, with a line in the audit log", async () => {
    const made = await create({ name: "Ada" });
    for (const path of [`/patients/${made.id}`, `/patients/${made.id}/`]) {
      const response = await ask(path);
      expect(response.status).toBe(200);
      expect(await response.json()).toEqual(made);
      expect(response.headers.get("deprecation")).toBe("@1767225600");
    }
    expect(deps.kept.events.map(({ action, object }) => [action, object])).toEqual([
      ["person.read", `person/${made.id}`],
      ["person.read", `person/${made.id}`],
    ]);
  });

  it("that do not exist are not found, in the source's words", async () => {
    for (const id of ["018f0000-0000-7000-8000-00000000dead", "x", "__proto__"]) {
      const response = await ask(`/patients/${id}`);
      expect(response.status).toBe(404);
      expect(await response.json()).toMatchObject({ detail: "Patient not found", code: "person-unknown" });
    }
  });

  it("are listed as a bare array, ten at a time, newest first", async () => {
    for (let i = 0; i < 12; i++) await create({ name: `P${i}` });
    const first = await ask("/patients/");
    const names = async (response: Response) =>
      patientSchema
        .array()
        .parse(await response.json())
        .map((p) => p.name);
    expect(first.headers.get("x-total-count")).toBe("12");
    expect(first.headers.get("link")).toContain(`<${mount}/patients/?skip=10&limit=10>; rel="next"`);
    expect(await names(first)).toEqual(["P11", "P10", "P9", "P8", "P7", "P6", "P5", "P4", "P3", "P2"]);
    const last = await ask("/patients?skip=10&limit=100000");
    expect(await names(last)).toEqual(["P1", "P0"]);
    expect(last.headers.get("link")).not.toContain('rel="next"');
    expect(await names(await ask("/patients?limit=0"))).toEqual([]);
    expect(deps.kept.events.at(-2)).toMatchObject({ action: "persons.listed", object: "persons/2" });
  });

  it.each(["skip=-1", "limit=-1", "limit=ten", "skip=1.5", "limit="])("are not listed for %s", async (query) => {
    const response = await ask(`/patients/?${query}`);
    expect(response.status).toBe(422);
    const [issue] = fastApiErrorSchema.parse(await response.json()).detail as { loc: string[] }[];
    expect(issue?.loc).toEqual(["query", query.split("=")[0]]);
  });

  it("answer to no other method", async () => {
    const response = await ask("/patients/", { method: "DELETE" });
    expect(response.status).toBe(405);
    expect(await response.json()).toMatchObject({ detail: "Method Not Allowed" });
  });
});

describe("the server of Clarity in Care", () => {
  const ask = (path: string) => createApp(deps).request(path);

  it("says what it is", async () => {
    for (const path of ["/p/dr", "/p/dr/"])
      expect(drWelcomeSchema.parse(await (await ask(path)).json())).toMatchObject({ docs: "/docs", health: "/health" });
  });

  it("gives an honest account of its health", async () => {
    const health = async () => drHealthSchema.parse(await (await ask("/p/dr/health")).json());
    expect(await health()).toEqual({ status: "ok", version: expect.any(String), model_loaded: true });
    deps.state.ready = false;
    deps.state.reason = "the models are not warm";
    expect(await health()).toMatchObject({ status: "degraded", model_loaded: true, reason: deps.state.reason });
    const asked: string[] = [];
    const unloaded = testDeps({}, { warmUp: async (id) => asked.push(id) === 0 });
    const answer = await createApp(unloaded).request("/p/dr/health");
    expect(await answer.json()).toMatchObject({ status: "degraded", model_loaded: false });
    expect(asked).toEqual(["diabetic-retinopathy"]);
  });

  it("documents every endpoint", async () => {
    const { paths } = (await (await ask("/p/dr/openapi.json")).json()) as { paths: Record<string, object> };
    expect(Object.keys(paths)).toEqual(
      expect.arrayContaining(["/health", "/patients/", "/patients/{id}", "/predict/", "/predict/patient/{id}/history"]),
    );
  });
});
