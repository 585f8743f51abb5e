import { beforeEach, describe, expect, it } from "vitest";
import { type EyeGateway, eyeGateway } from "../../../test/support/eye-gateway.ts";
import { eyeNotificationSchema } from "./eye-patient.ts";

const nobody = "018f0000-0000-7000-8000-00000000ffff";
const all = "/api/notifications";
let eye: EyeGateway;
let patientId: string;

beforeEach(async () => {
  eye = eyeGateway("");
  const ada = { name: "Ada", age: 52, gender: "Female" };
  patientId = ((await (await eye.send("POST", "/api/patients", ada)).json()) as { id: string }).id;
});

const list = async (query = "") => {
  const response = await eye.ask(`${all}${query}`);
  expect(response.status).toBe(200);
  return eyeNotificationSchema.array().parse(await response.json());
};
const create = (change: object = {}) => eye.send("POST", all, { patient_id: patientId, message: "look", ...change });
const unread = async () => (await eye.ask(`${all}/unread-count`)).json();

describe("notifications", () => {
  it.each([
    [{ patient_id: undefined }, "patient_id"],
    [{ message: undefined }, "message"],
    [{ message: "" }, "message"],
    [{ message: "x".repeat(1001) }, "message"],
    [{ type: "loud" }, "type"],
  ])("refuses %j", async (change, name) => {
    const response = await create(change);
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({ detail: [{ loc: ["body", name] }] });
    expect(eye.deps.memory.notes).toHaveLength(1);
  });

  it("tells nothing about somebody who is not there", async () => {
    const response = await create({ patient_id: nobody });
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ detail: `Patient with id ${nobody} not found` });
  });

  it.each([nobody, "not-a-uuid"])("answers %s, which is none, with the source's 404", async (id) => {
    for (const [method, path] of [
      ["PATCH", `${all}/${id}/read`],
      ["DELETE", `${all}/${id}`],
    ] as const) {
      const response = await eye.send(method, path);
      expect(response.status).toBe(404);
      expect(await response.json()).toMatchObject({
        detail: `Notification with id ${id} not found`,
        code: "notification-unknown",
      });
    }
  });

  it("creates one in the source's shape, in either spelling, and pushes it", async () => {
    const response = await create({ patient_id: undefined, patientId, type: "critical" });
    expect(response.status).toBe(201);
    const made = eyeNotificationSchema.parse(await response.json());
    expect(made).toMatchObject({ patientId, message: "look", read: false, type: "critical" });
    expect(made.timestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$/);
    expect(JSON.parse(eye.deps.memory.told.at(-1)?.body ?? "")).toEqual(made);
    expect(eyeNotificationSchema.parse(await (await create()).json()).type).toBe("info");
  });

  it("lists the newest first, by page, unread ones alone where asked, and says so in the audit log", async () => {
    for (const message of ["one", "two"]) await create({ message });
    expect((await list()).map(({ message }) => message)).toEqual(["two", "one", "New case admitted: Ada"]);
    expect((await list("?skip=1&limit=1")).map(({ message }) => message)).toEqual(["one"]);
    const [newest] = await list();
    await eye.send("PATCH", `${all}/${newest?.id}/read`);
    expect(await list("/?unread_only=true")).toHaveLength(2);
    expect(eye.deps.kept.events.at(-1)).toMatchObject({ action: "notifications.listed", object: "notifications/2" });
    for (const query of ["?limit=-1", "?unread_only=maybe"]) expect((await eye.ask(all + query)).status).toBe(422);
  });

  it("marks one as read, and all, and counts what is left", async () => {
    await create();
    const [newest] = await list();
    const response = await eye.send("PATCH", `${all}/${newest?.id}/read`);
    expect(eyeNotificationSchema.parse(await response.json())).toEqual({ ...newest, read: true });
    expect(await unread()).toEqual({ count: 1 });
    const marked = await eye.send("PATCH", `${all}/mark-all-read`);
    expect(await marked.json()).toEqual({ message: "All notifications marked as read", success: true });
    expect(await unread()).toEqual({ count: 0 });
  });

  it("deletes one", async () => {
    const [only] = await list();
    const response = await eye.send("DELETE", `${all}/${only?.id}`);
    expect(await response.json()).toEqual({ message: `Notification ${only?.id} deleted successfully`, success: true });
    expect(await list()).toEqual([]);
  });
});
