import { z } from "@hono/zod-openapi";
import { describe, expect, it } from "vitest";
import { testDeps } from "../../../test/support/gateway.ts";
import { Problem } from "../../contracts/index.ts";
import { createApp } from "../app.ts";
import { fastApiErrorSchema, invalidInput, missingInput, parseInput, replyFastApiProblem } from "./fastapi-problem.ts";

const schema = z.object({
  name: z.string().min(1).max(5),
  age: z.int().min(0).max(150),
  ratio: z.number(),
  on: z.boolean(),
  type: z.enum(["info", "critical", "success"]),
  list: z.array(z.string()).max(1),
  even: z.number().refine((value) => value % 2 === 0, "an even number is expected"),
});
const good = { name: "Ada", age: 1, ratio: 0.5, on: true, type: "info", list: [], even: 2 };

/** What a client is answered when a route throws this. */
async function answered(thrown: () => never) {
  const app = createApp(testDeps());
  app.onError((error, c) => replyFastApiProblem(c, error as Problem));
  app.get("/fails", () => thrown());
  const response = await app.request("/fails");
  return { status: response.status, body: fastApiErrorSchema.parse(await response.json()) };
}
const refusalOf = (change: object) =>
  answered(() => {
    parseInput(schema, { ...good, ...change }, "body");
    throw new Error("nothing was refused");
  });

describe("what does not fit its schema is answered as FastAPI does", () => {
  it.each([
    [{ name: undefined }, "name", "missing", "Field required", null],
    [{ name: "" }, "name", "string_too_short", "String should have at least 1 character", ""],
    [{ name: "Ada Lovelace" }, "name", "string_too_long", "String should have at most 5 characters", "Ada Lovelace"],
    [{ name: 7 }, "name", "string_type", "Input should be a valid string", 7],
    [{ name: "x".repeat(5000) }, "name", "string_too_long", "String should have at most 5 characters", null],
    [{ age: -1 }, "age", "greater_than_equal", "Input should be greater than or equal to 0", -1],
    [{ age: 151 }, "age", "less_than_equal", "Input should be less than or equal to 150", 151],
    [
      { age: "old" },
      "age",
      "int_parsing",
      "Input should be a valid integer, unable to parse string as an integer",
      "old",
    ],
    [
      { age: 1.5 },
      "age",
      "int_from_float",
      "Input should be a valid integer, got a number with a fractional part",
      1.5,
    ],
    [{ age: 1e18 }, "age", "less_than_equal", "Input should be less than or equal to 150", 1e18],
    [{ ratio: null }, "ratio", "float_type", "Input should be a valid number", null],
    [{ on: "maybe" }, "on", "bool_parsing", "Input should be a valid boolean, unable to interpret input", "maybe"],
    [{ type: "loud" }, "type", "enum", "Input should be 'info', 'critical' or 'success'", "loud"],
    [{ list: "a" }, "list", "list_type", "Input should be a valid list", "a"],
    [{ list: ["a", "b"] }, "list", "too_long", "List should have at most 1 items", null],
    [{ even: 3 }, "even", "value_error", "Value error, an even number is expected", 3],
  ])("%j", async (change, name, type, msg, input) => {
    const { status, body } = await refusalOf(change);
    expect(status).toBe(422);
    expect(body.detail).toMatchObject([{ type, loc: ["body", name], msg, input }]);
    expect(body).toMatchObject({ code: "field-invalid", fields: [{ name, message: msg }] });
  });

  it("names every field that is wrong, and where in a list", async () => {
    const { body } = await refusalOf({ name: "", list: [5] });
    expect((body.detail as { loc: unknown }[]).map(({ loc }) => loc)).toEqual([
      ["body", "name"],
      ["body", "list", 0],
    ]);
  });

  it("keeps a text for every other refusal, with code and request id beside it", async () => {
    const { status, body } = await answered(() => {
      throw new Problem("case-unknown", { detail: "no such case" });
    });
    expect([status, body.detail, body.code]).toEqual([404, "no such case", "case-unknown"]);
    expect(body.request_id).not.toBe("");
  });

  it("answers damaged JSON and fields that intake refused with a list too", async () => {
    const damaged = await answered(() => {
      throw new Problem("json-invalid", { detail: "The JSON body is damaged." });
    });
    expect(damaged).toMatchObject({
      status: 422,
      body: { detail: [{ type: "json_invalid", loc: ["body", 0], msg: "JSON decode error", input: {} }] },
    });
    const field = await answered(() => {
      throw new Problem("field-invalid", { fields: [{ name: "notes", message: "too long" }] });
    });
    expect(field.body.detail).toMatchObject([{ type: "value_error", loc: ["body", "notes"], msg: "too long" }]);
    const missing = await answered(() => {
      throw invalidInput([missingInput("query", "approved")]);
    });
    expect(missing.body.detail).toEqual([
      { type: "missing", loc: ["query", "approved"], msg: "Field required", input: null },
    ]);
  });
});
