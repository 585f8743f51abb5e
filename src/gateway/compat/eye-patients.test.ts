import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { drawEye } from "../../../test/support/eye.ts";
import { type EyeGateway, eyeGateway } from "../../../test/support/eye-gateway.ts";
import { disclaimer, Problem } from "../../contracts/index.ts";
import { eyePatientSchema } from "./eye-patient.ts";
import { fastApiErrorSchema } from "./fastapi-problem.ts";

const nobody = "018f0000-0000-7000-8000-00000000ffff";
const ada = { name: "Ada Lovelace", age: 52, gender: "Female", symptoms: ["blurred vision"], history: "none" };
const measures = { intraocularPressure: 15.2, cupToDiscRatio: 0.4, rnflThickness: 95, vesselDensity: 48 };
let base64: string;
let eye: EyeGateway;

beforeAll(async () => {
  base64 = (await drawEye(1)).toString("base64");
});

// The source's clients ask at the root; every path is under the mount as well.
describe.each(["", "/p/eye"])("patients at %j", (mount) => {
  beforeEach(() => {
    eye = eyeGateway(mount);
  });
  const patients = "/api/patients";
  const patientOf = async (response: Response, status = 200) => {
    expect(response.status).toBe(status);
    return eyePatientSchema.parse(await response.json());
  };
  const refusal = async (response: Response) =>
    [response.status, fastApiErrorSchema.parse(await response.json()).detail] as const;
  const admit = async (change: object = {}) => patientOf(await eye.send("POST", patients, { ...ada, ...change }), 201);
  const pictured = (change: object = {}) => admit({ image_url: base64, ...change });
  const events = () => eye.deps.kept.events.map(({ action, object }) => [action, object]);

  it.each(["not-a-uuid", nobody, "a%00b"])("answers everything about %s with the source's 404", async (id) => {
    const words = `Patient with id ${decodeURIComponent(id)} not found`;
    const asked = [
      eye.send("GET", `${patients}/${id}`),
      eye.send("GET", `${patients}/${id}/image`),
      eye.send("PATCH", `${patients}/${id}`, { name: "Eve" }),
      eye.send("DELETE", `${patients}/${id}`),
      eye.send("POST", `${patients}/${id}/analyze`),
      eye.send("POST", `${patients}/${id}/validate?approved=true`),
      eye.send("POST", `${patients}/${id}/schedule?appointment_date=2026-02-01`),
    ];
    for (const answer of asked) expect(await refusal(await answer)).toEqual([404, words]);
  });

  it.each([
    [{ name: undefined }, "name", "missing"],
    [{ name: "" }, "name", "string_too_short"],
    [{ name: "x".repeat(101) }, "name", "string_too_long"],
    [{ name: "a\u0000b" }, "name", "value_error"],
    [{ name: "a\u202Eb" }, "name", "value_error"],
    [{ age: undefined }, "age", "missing"],
    [{ age: -1 }, "age", "greater_than_equal"],
    [{ age: 151 }, "age", "less_than_equal"],
    [{ age: "old" }, "age", "int_parsing"],
    [{ gender: undefined }, "gender", "missing"],
    [{ gender: "x".repeat(51) }, "gender", "string_too_long"],
    [{ symptoms: 5 }, "symptoms", "list_type"],
    [{ symptoms: Array.from({ length: 51 }, () => "pain") }, "symptoms", "too_long"],
    [{ history: "x".repeat(20_001) }, "history", "string_too_long"],
    [{ status: "Well" }, "status", "enum"],
    [{ image_url: `https://example.org/${"x".repeat(3000)}` }, "image_url", "value_error"],
    [{ image_url: "AAAA", imageUrl: "AAAA" }, "image_url", "value_error"],
  ])("refuses %j as FastAPI does, and admits nobody", async (change, name, type) => {
    const [status, detail] = await refusal(await eye.send("POST", patients, { ...ada, ...change }));
    expect(status).toBe(422);
    expect(detail).toMatchObject([{ type, loc: ["body", name] }]);
    expect(eye.deps.memory.people.size).toBe(0);
  });

  it("refuses half a measurement, damaged JSON, another kind of body and a body without end", async () => {
    const [status, detail] = await refusal(await eye.send("POST", patients, { ...ada, oculomics: { iop: 1 } }));
    expect([status, (detail as { loc: unknown[] }[])[0]?.loc]).toEqual([
      422,
      ["body", "oculomics", "intraocularPressure"],
    ]);
    expect((await refusal(await eye.send("POST", patients, "{")))[1]).toMatchObject([{ type: "json_invalid" }]);
    expect(await refusal(await eye.send("POST", patients, "a=b", { "content-type": "text/plain" }))).toMatchObject([
      422,
      [{ type: "model_attributes_type", loc: ["body"] }],
    ]);
    const large = { ...ada, history: "x".repeat(200_000) };
    expect((await eye.send("POST", `${patients}/${nobody}/validate`, large)).status).toBe(413);
  });

  it.each([
    ["text", Buffer.from("this is no picture").toString("base64"), "Invalid file type. Allowed: image/jpeg, image/png"],
    ["no base64", "%%%", "The image cannot be read as base64"],
    ["a data URL of text", "data:text/plain;base64,aGVsbG8=", "The image cannot be read as base64"],
  ])("refuses %s as a picture", async (_what, image_url, words) => {
    const [status, detail] = await refusal(await eye.send("POST", patients, { ...ada, image_url }));
    expect(status).toBe(400);
    expect(detail).toContain(words);
    expect(eye.deps.memory.people.size).toBe(0);
  });

  it("admits a person in the source's shape, and tells of it", async () => {
    const patient = await admit({
      oculomics: { ...measures, history: [{ date: "2026-01-01", iop: 15, density: 47 }] },
    });
    expect(patient).toMatchObject({
      ...ada,
      status: "Pending Analysis",
      imageUrl: null,
      oculomics: { ...measures, history: [{ date: "2026-01-01", iop: 15, density: 47 }] },
      aiAnalysis: null,
      validationStatus: null,
      appointmentDate: null,
      workflowStep: 1,
      disclaimer,
    });
    expect(patient.admissionDate).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$/);
    expect(eye.deps.memory.notes).toMatchObject([
      { personId: patient.id, message: "New case admitted: Ada Lovelace", read: false, type: "info" },
    ]);
  });

  it("takes both spellings, texts for numbers, and symptoms as one text", async () => {
    const given = { name: "Ada", age: "52", gender: "F", symptoms: "pain, halos;glare", imageUrl: base64 };
    const patient = await patientOf(await eye.send("POST", `${patients}/`, given), 201);
    expect(patient).toMatchObject({ age: 52, symptoms: ["pain", "halos", "glare"] });
    expect(patient.imageUrl).toContain("signature=");
    const camel = Object.fromEntries(Object.entries(measures));
    const snake = Object.fromEntries(
      Object.entries(measures).map(([key, value]) => [key.replaceAll(/[A-Z]/g, (l) => `_${l.toLowerCase()}`), value]),
    );
    expect((await admit({ oculomics: snake })).oculomics).toMatchObject(camel);
  });

  it("lists the newest first, by page and by status, with how many there are", async () => {
    for (const name of ["One", "Two", "Three"]) await admit({ name });
    await admit({ name: "Four", status: "Critical" });
    const list = async (query: string) => {
      const response = await eye.ask(`${patients}${query}`);
      expect(response.status).toBe(200);
      const names = eyePatientSchema.array().parse(await response.json());
      return [names.map(({ name }) => name), response.headers.get("x-total-count")];
    };
    expect(await list("")).toEqual([["Four", "Three", "Two", "One"], "4"]);
    expect(await list("/?skip=1&limit=2&status=")).toEqual([["Three", "Two"], "4"]);
    expect(await list("?status=Critical")).toEqual([["Four"], "1"]);
    expect(await list("?limit=100000")).toEqual([["Four", "Three", "Two", "One"], "4"]);
    expect(await list("?search=thr")).toEqual([["Three"], "1"]);
    expect(events().at(-1)).toEqual(["persons.listed", "persons/1"]);
    for (const query of ["?status=Well", "?skip=-1", "?limit=many"])
      expect((await refusal(await eye.ask(`${patients}${query}`)))[0]).toBe(422);
  });

  it("shows a picture by a link that opens without a key, or inside when asked", async () => {
    const { id, imageUrl } = await pictured();
    const link = new URL(imageUrl as string);
    expect(link.pathname).toBe(`/p/eye/api/patients/${id}/image`);
    const shown = await eyeGatewayAt(eye, link);
    expect([shown.status, shown.headers.get("content-type")]).toEqual([200, "image/jpeg"]);
    expect(events().at(-1)).toEqual(["image.read", `person/${id}`]);
    link.searchParams.set("signature", "wrong");
    expect((await eyeGatewayAt(eye, link)).status).toBe(403);
    const inside = await patientOf(await eye.ask(`${patients}/${id}?inline=1`));
    expect(inside.imageUrl).toBe(`data:image/jpeg;base64,${Buffer.from(await shown.arrayBuffer()).toString("base64")}`);
    expect(events().at(-1)).toEqual(["person.read", `person/${id}`]);
  });

  it("links to the object store itself where that can answer", async () => {
    const objects = {
      ...eye.deps.objects,
      linkObject: async (sha256: string) => `https://s3.example.org/${sha256}?x=1`,
    };
    eye = eyeGateway(mount, { objects });
    const patient = await pictured();
    expect(patient.imageUrl).toMatch(/^https:\/\/s3\.example\.org\/[0-9a-f]{64}\?x=1$/);
    const back = await patientOf(await eye.send("PATCH", `${patients}/${patient.id}`, patient));
    expect(back.imageUrl).toBe(patient.imageUrl);
  });

  it("keeps an address and never fetches it", async () => {
    const { id, imageUrl } = await admit({ image_url: "https://example.org/eye.png" });
    expect(imageUrl).toBe("https://example.org/eye.png");
    expect(await refusal(await eye.send("POST", `${patients}/${id}/analyze`))).toEqual([
      400,
      "Patient has no image to analyze",
    ]);
    expect((await eye.ask(`${patients}/${id}/image`)).status).toBe(410);
  });

  it("changes what a person is, and ignores by name what only its own route may move", async () => {
    const { id } = await admit();
    const response = await eye.send("PATCH", `${patients}/${id}`, {
      name: "Grace",
      appointmentDate: "2026-02-01T10:00:00+02:00",
      aiAnalysis: { classification: "Normal", confidence: 100, findings: [], recommendation: "", explanation: "" },
      validation_status: "approved",
      workflowStep: 4,
      status: "Discharged",
    });
    expect(response.headers.get("x-ignored-fields")).toBe("ai_analysis, validation_status, workflow_step, status");
    expect(await patientOf(response)).toMatchObject({
      name: "Grace",
      age: 52,
      aiAnalysis: null,
      validationStatus: null,
      workflowStep: 1,
      status: "Pending Analysis",
      appointmentDate: "2026-02-01T08:00:00",
    });
    expect((await refusal(await eye.send("PATCH", `${patients}/${id}`, { age: 200 })))[0]).toBe(422);
    expect((await refusal(await eye.send("PATCH", `${patients}/${id}`, { appointment_date: "soon" })))[0]).toBe(422);
  });

  it("takes a whole person back unchanged, as the source's page sends it", async () => {
    const { id } = await pictured();
    eye.shows = "glaucoma";
    const before = await patientOf(await eye.send("POST", `${patients}/${id}/analyze`));
    const after = await patientOf(await eye.send("PATCH", `${patients}/${id}`, before));
    expect({ ...after, imageUrl: "" }).toEqual({ ...before, imageUrl: "" });
    const picture = (await patientOf(await eye.ask(`${patients}/${id}?inline=1`))).imageUrl;
    const again = await patientOf(await eye.send("PATCH", `${patients}/${id}`, { image_url: picture }));
    expect(again.aiAnalysis).toEqual(before.aiAnalysis);
  });

  it("forgets what was read in a picture that is replaced", async () => {
    const { id } = await pictured();
    await eye.send("POST", `${patients}/${id}/analyze`);
    const other = (await drawEye(2)).toString("base64");
    const patient = await patientOf(await eye.send("PATCH", `${patients}/${id}`, { image_url: other }));
    expect(patient).toMatchObject({ aiAnalysis: null, caseId: null, workflowStep: 1, status: "Pending Analysis" });
  });

  it("removes a person in the source's words, once", async () => {
    const { id } = await admit();
    const response = await eye.send("DELETE", `${patients}/${id}?reason=twice`);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ message: `Patient ${id} deleted successfully`, success: true });
    expect((await eye.send("DELETE", `${patients}/${id}`)).status).toBe(404);
    expect(eye.deps.memory.notes).toEqual([]);
  });

  it("reads the stored picture, with confidence in percent, as a case of its own", async () => {
    const { id } = await pictured();
    eye.shows = "glaucoma";
    const response = await eye.send("POST", `${patients}/${id}/analyze`);
    expect(response.headers.get("x-model")).toContain("ophthalmology/fast-0@");
    const patient = await patientOf(response);
    expect(patient).toMatchObject({
      aiAnalysis: { classification: "Glaucoma", confidence: 94.79 },
      workflowStep: 2,
      status: "Critical",
      severity: "critical",
      caseId: eye.deps.kept.records[0]?.id,
    });
    expect(eye.deps.kept.records[0]).toMatchObject({ patientId: id, programme: "ophthalmology" });
    expect(eye.deps.memory.told.map(({ kind }) => kind)).toEqual(["notification", "notification", "abnormal-scan"]);
    expect(eye.deps.memory.told.at(-1)?.body).not.toContain("Ada");
  });

  it.each(["ungradable", "no-eye", "unclear", "suspect"] as const)(
    "never calls a picture normal, nor the person stable, that is %s",
    async (scan) => {
      const { id } = await pictured();
      eye.shows = scan;
      const patient = await patientOf(await eye.send("POST", `${patients}/${id}/analyze`));
      expect(patient.aiAnalysis?.classification).not.toMatch(/normal/i);
      await eye.send("POST", `${patients}/${id}/validate?approved=true`);
      const scheduled = await patientOf(
        await eye.send("POST", `${patients}/${id}/schedule?appointment_date=2026-02-01`),
      );
      expect(scheduled.status).toBe("Pending Analysis");
    },
  );

  it("says in the source's words that the model is not there, or failed", async () => {
    const { id } = await pictured();
    for (const [code, status, words] of [
      ["engine-not-ready", 503, "AI model is not loaded. Please wait for model initialization."],
      ["inference-failed", 500, "AI analysis failed: internal error"],
    ] as const) {
      eye.deps.predictor.answer = async () => {
        throw new Problem(code);
      };
      expect(await refusal(await eye.send("POST", `${patients}/${id}/analyze`))).toEqual([status, words]);
    }
    expect(eye.deps.memory.people.get(id)).toMatchObject({ analysis: null, workflowStep: 1 });
  });

  it.each([
    ["?approved=true", undefined, "approved", 3],
    ["?approved=False", undefined, "rejected", 1],
    ["", { approved: true, reason: "clear" }, "approved", 3],
    ["?approved=1", { approved: "1" }, "approved", 3],
    ["?approved=true&approved=on", { approved: true }, "approved", 3],
    ["", { approved: false }, "rejected", 1],
  ])("validates by %s %j", async (query, body, validationStatus, workflowStep) => {
    const { id } = await pictured();
    await eye.send("POST", `${patients}/${id}/analyze`);
    const patient = await patientOf(await eye.send("POST", `${patients}/${id}/validate${query}`, body));
    expect(patient).toMatchObject({ validationStatus, workflowStep });
    expect(patient.validation).toMatchObject({ by: "loopback", caseId: patient.caseId });
  });

  it("validates nothing without a word, or with two", async () => {
    const { id } = await admit();
    for (const [query, body, detail] of [
      ["", undefined, [{ type: "missing", loc: ["query", "approved"], msg: "Field required", input: null }]],
      ["?approved=maybe", undefined, [{ type: "bool_parsing", loc: ["query", "approved"] }]],
      ["", { approved: 7 }, [{ type: "bool_parsing", loc: ["body", "approved"] }]],
      ["", { approved: {} }, [{ type: "bool_parsing", loc: ["body", "approved"] }]],
      ["", { approved: ["true"] }, [{ type: "bool_parsing", loc: ["body", "approved"] }]],
      ["?approved=true", { approved: { a: 1 } }, [{ type: "bool_parsing", loc: ["body", "approved"] }]],
      ["?approved=true", { approved: false }, [{ type: "value_error", loc: ["query", "approved"] }]],
      ["?approved=true&approved=false", undefined, [{ type: "value_error", loc: ["query", "approved"] }]],
    ] as const) {
      const [status, found] = await refusal(await eye.send("POST", `${patients}/${id}/validate${query}`, body));
      expect([status, found]).toMatchObject([422, detail]);
    }
    expect(eye.deps.memory.people.get(id)?.validation).toBeNull();
  });

  it.each([
    ["?appointment_date=2026-02-01T10:30:00", undefined, "2026-02-01T10:30:00"],
    ["?appointment_date=2026-02-01", undefined, "2026-02-01T00:00:00"],
    ["", { appointment_date: "2026-02-01T10:30:00.250Z" }, "2026-02-01T10:30:00.250000"],
    ["", { appointmentDate: "2026-02-01 23:30-02:00" }, "2026-02-02T01:30:00"],
  ])("schedules by %s %j", async (query, body, appointmentDate) => {
    const { id } = await admit();
    const patient = await patientOf(await eye.send("POST", `${patients}/${id}/schedule${query}`, body));
    expect(patient).toMatchObject({ appointmentDate, workflowStep: 4 });
    expect(eye.deps.memory.notes[0]).toMatchObject({ type: "success", personId: id });
  });

  it.each([
    "",
    "?appointment_date=",
    "?appointment_date=soon",
    "?appointment_date=2026-02-30",
    "?appointment_date=0000-01-01",
    "?appointment_date=2026-02-01T24:00:00",
    "?appointment_date=2026-02-01&appointment_date=2026-02-02",
  ])("schedules nothing by %j", async (query) => {
    const { id } = await admit();
    const [status, detail] = await refusal(await eye.send("POST", `${patients}/${id}/schedule${query}`));
    expect(status).toBe(422);
    expect(detail).toMatchObject([{ loc: ["query", "appointment_date"] }]);
    expect(eye.deps.memory.people.get(id)?.workflowStep).toBe(1);
  });

  it("schedules nothing by a date that is none, whatever stands beside it", async () => {
    const { id } = await admit();
    const path = `${patients}/${id}/schedule?appointment_date=2026-02-01`;
    expect(await refusal(await eye.send("POST", path, { appointment_date: {} }))).toMatchObject([
      422,
      [{ type: "datetime_parsing", loc: ["body", "appointment_date"] }],
    ]);
    expect(eye.deps.memory.people.get(id)?.appointmentDate).toBeNull();
  });

  it("goes the source's whole way: admitted, read, approved, scheduled, discharged", async () => {
    const { id } = await pictured();
    await eye.send("POST", `${patients}/${id}/analyze`);
    await eye.send("POST", `${patients}/${id}/validate?approved=true`);
    const done = await patientOf(await eye.send("POST", `${patients}/${id}/schedule?appointment_date=2026-02-01`));
    expect(done).toMatchObject({ status: "Discharged", workflowStep: 4, validationStatus: "approved" });
  });
});

/** A link is asked as it stands, without the mount. */
const eyeGatewayAt = (gateway: EyeGateway, link: URL): Promise<Response> =>
  gateway.ask(link.pathname.startsWith("/p/eye") ? `${link.pathname.slice("/p/eye".length)}${link.search}` : link.href);
