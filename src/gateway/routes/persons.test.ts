import { describe, expect, it } from "vitest";
import { drawEye } from "../../../test/support/eye.ts";
import { eyeGateway } from "../../../test/support/eye-gateway.ts";
import { disclaimer } from "../../contracts/index.ts";
import { notificationListSchema, personListSchema, personSchema } from "../person-schemas.ts";

const image = (await drawEye(2)).toString("base64");
const nobody = "018f0000-0000-7000-8000-00000000ffff";

describe("the people of the native API", () => {
  it.each([
    [{}, "field-invalid"],
    [{ name: "" }, "field-invalid"],
    [{ name: "Ada", age: -1 }, "field-invalid"],
    [{ name: "Ada", status: "Stable" }, "field-invalid"],
    [{ name: "Ada", image: "!" }, "base64-invalid"],
    [{ name: "Ada", image: "QUJD" }, "image-type-unsupported"],
    ["{", "json-invalid"],
  ])("refuse %j as %s and admit nobody", async (body, code) => {
    const { send, deps } = eyeGateway("");
    const response = await send("POST", "/v1/persons", body);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect(await response.json()).toMatchObject({ code });
    expect(deps.memory.people.size).toBe(0);
  });

  it.each([
    ["GET", ""],
    ["PATCH", ""],
    ["GET", "/cases"],
    ["GET", "/image"],
    ["POST", "/analyse"],
    ["POST", "/validate"],
    ["POST", "/schedule"],
  ])("do not know somebody who is not there: %s %s", async (method, path) => {
    const { send } = eyeGateway("");
    for (const id of [nobody, "x"]) {
      const response = await send(method, `/v1/persons/${id}${path}`, method === "GET" ? undefined : {});
      expect([response.status, await response.json()]).toMatchObject([404, { code: "person-unknown" }]);
    }
  });

  it("go from admission to appointment, with times in RFC 3339 and the disclaimer; reads are audited", async () => {
    const { send, ask, deps } = eyeGateway("");
    const admitted = await send("POST", "/v1/persons", { name: "Ada", age: 52, image });
    expect(admitted.status).toBe(201);
    const { id, links } = personSchema.parse(await admitted.json());
    expect((await ask(links.image ?? "")).headers.get("content-type")).toBe("image/jpeg");
    expect((await send("POST", `/v1/persons/${id}/validate`, { approved: "yes" })).status).toBe(400);
    const move = async (step: string, body?: object) =>
      personSchema.parse(await (await send("POST", `/v1/persons/${id}/${step}`, body)).json());
    expect(await move("analyse")).toMatchObject({ workflowStep: 2, disclaimer });
    expect(await move("validate", { approved: true })).toMatchObject({
      workflowStep: 3,
      validation: { status: "approved" },
    });
    expect(await move("schedule", { appointmentDate: "2027-01-01T10:00:00+02:00" })).toMatchObject({
      workflowStep: 4,
      appointmentDate: "2027-01-01T08:00:00Z",
    });
    const changed = await send("PATCH", `/v1/persons/${id}`, { symptoms: ["blur"], image: null });
    expect(personSchema.parse(await changed.json())).toMatchObject({ symptoms: ["blur"], image: null, analysis: null });
    const list = personListSchema.parse(await (await ask("/v1/persons?search=ad&limit=1")).json());
    expect([list.total, list.persons[0]?.id]).toEqual([1, id]);
    expect((await ask("/v1/persons?status=Gone")).status).toBe(400);
    const { cases } = (await (await ask(`/v1/persons/${id}/cases`)).json()) as { cases: { patientId: string }[] };
    expect(cases).toMatchObject([{ patientId: id }]);
    const actions = deps.kept.events.map(({ action }) => action);
    expect(actions).toEqual(expect.arrayContaining(["image.read", "persons.listed", "cases.listed"]));
  });

  it("leave notifications that are read one by one or all at once", async () => {
    const { send, ask } = eyeGateway("");
    for (const name of ["Ada", "Grace", "Joan"]) await send("POST", "/v1/persons", { name });
    const look = async () => notificationListSchema.parse(await (await ask("/v1/notifications")).json());
    const { notifications, unread } = await look();
    expect(unread).toBe(3);
    const read = await send("POST", `/v1/notifications/${notifications[0]?.id}/read`);
    expect(await read.json()).toMatchObject({ read: true });
    expect((await look()).unread).toBe(2);
    expect(await (await send("POST", "/v1/notifications/read-all")).json()).toEqual({ unread: 0 });
    for (const id of [nobody, "x"])
      expect(await (await send("POST", `/v1/notifications/${id}/read`)).json()).toMatchObject({
        code: "notification-unknown",
      });
  });
});
