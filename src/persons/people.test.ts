import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fakePredictor } from "../../test/support/fake-predictor.ts";
import { ophthalmologyCatalog, type Scan, scanResult, scans } from "../../test/support/ophthalmology.ts";
import { memoryPersons } from "../../test/support/person-store.ts";
import {
  type AcceptedImage,
  type CaseRecord,
  type EyeAnalysis,
  type EyeAnalyst,
  type Person,
  Problem,
} from "../contracts/index.ts";
import { createMetrics, newCaseId, systemClock } from "../platform/index.ts";
import { People } from "./people.ts";

const origin = { actor: "key:1234", requestId: "r" };
const signal = new AbortController().signal;
const options = { origin, signal, remainingMs: 5000 };
const nobody = "018f0000-0000-7000-8000-00000000ffff";

const picture = (name: string): AcceptedImage => ({
  mediaType: "image/jpeg",
  bytes: new Uint8Array([name.length]),
  sha256: name,
  width: 640,
  height: 480,
  uploadedBytes: 1,
});

function room(vlm?: EyeAnalyst) {
  const memory = memoryPersons();
  const predictor = fakePredictor();
  const records: CaseRecord[] = [];
  const objects = new Map<string, Uint8Array>();
  const shown = { scan: "normal" as Scan };
  predictor.answer = async (task) => scanResult(task, shown.scan);
  const deps = {
    persons: memory,
    notifications: memory,
    predictor,
    programmes: ophthalmologyCatalog,
    cases: {
      recordCase: async (record: CaseRecord) => {
        records.push(record);
        return record;
      },
    },
    objects: {
      putObject: async ({ sha256, bytes }: Pick<AcceptedImage, "sha256" | "bytes">) => void objects.set(sha256, bytes),
      getObject: async (sha256: string) => objects.get(sha256),
    },
    metrics: createMetrics(),
    clock: systemClock,
    newCaseId,
    vlm,
  };
  const people = new People(deps);
  const admit = (name = "Ada") => people.admit({ name, age: 52, picture: { image: picture("one") } }, origin);
  const read = async (scan: Scan, id?: string) => {
    shown.scan = scan;
    return people.analyse(id ?? (await admit()).id, options);
  };
  return { people, memory, records, objects, shown, admit, read, deps };
}

const told = (memory: ReturnType<typeof memoryPersons>) =>
  memory.told.map(({ kind, body }) => ({ kind, body: JSON.parse(body) as Record<string, unknown> }));

describe("People", () => {
  it("refuses whoever is not there, on every way of changing", async () => {
    const { people, memory, records } = room();
    const attempts = [
      people.change(nobody, { name: "Eve" }, origin),
      people.remove(nobody, null, origin),
      people.remove(nobody, "wrong person", origin),
      people.analyse(nobody, options),
      people.validate(nobody, true, null, origin),
      people.schedule(nobody, "2026-02-01", origin),
      people.notify(nobody, "hello", "info", origin),
    ];
    for (const attempt of attempts)
      await expect(attempt).rejects.toMatchObject({
        code: "person-unknown",
        detail: `Patient with id ${nobody} not found`,
      });
    expect(memory.trails).toEqual([]);
    expect(records).toEqual([]);
  });

  it("reads nothing where there is no picture, or only an address of one", async () => {
    const { people } = room();
    const bare = await people.admit({ name: "Ada" }, origin);
    const linked = await people.admit({ name: "Ada", picture: { url: "https://example.org/a.png" } }, origin);
    for (const { id } of [bare, linked])
      await expect(people.analyse(id, options)).rejects.toMatchObject({ code: "person-without-image" });
  });

  it("says that a picture is gone, and changes nothing", async () => {
    const { people, admit, objects, memory } = room();
    const { id } = await admit();
    objects.clear();
    await expect(people.analyse(id, options)).rejects.toMatchObject({ code: "image-gone" });
    expect(memory.people.get(id)?.version).toBe(1);
  });

  it("gives up after so many others were quicker", async () => {
    const { people, admit, memory } = room();
    const { id } = await admit();
    memory.replacePerson = async () => false;
    await expect(people.change(id, { name: "Eve" }, origin)).rejects.toMatchObject({ code: "person-changed" });
  });

  it("keeps both of two changes at the same time", async () => {
    const { people, admit, memory } = room();
    const { id } = await admit();
    const { replacePerson } = memory;
    let first = true;
    memory.replacePerson = async (person, trail) => {
      if (first) {
        first = false;
        await people.change(id, { history: "glaucoma in the family" }, origin);
      }
      return replacePerson(person, trail);
    };
    await people.change(id, { name: "Grace" }, origin);
    expect(memory.people.get(id)).toMatchObject({ name: "Grace", history: "glaucoma in the family", version: 3 });
  });

  it("does not keep what was seen in a picture that was replaced meanwhile", async () => {
    const { people, admit, deps, memory, shown } = room();
    const { id } = await admit();
    shown.scan = "glaucoma";
    const { answer } = deps.predictor;
    deps.predictor.answer = async (task, at) => {
      await people.change(id, { picture: { image: picture("two") } }, origin);
      return answer(task, at);
    };
    await expect(people.analyse(id, options)).rejects.toMatchObject({ code: "person-changed" });
    expect(memory.people.get(id)).toMatchObject({ analysis: null, workflowStep: 1 });
  });

  it("leaves with every change its line, its message and what is told", async () => {
    const { people, memory, read } = room();
    const { id } = await read("glaucoma");
    await people.validate(id, true, "as I see it", origin);
    await people.schedule(id, "2026-02-01T10:00:00", origin);
    expect(memory.trails.map(({ action, origin: by }) => [action, by])).toEqual([
      [undefined, origin],
      ["person.analysed", origin],
      ["person.validated", origin],
      ["person.scheduled", origin],
    ]);
    expect(memory.notes.map(({ message, type }) => [message, type])).toEqual([
      ["Appointment scheduled for Ada on 2026-02-01 10:00", "success"],
      ["AI analysis completed for Ada: Glaucoma", "critical"],
      ["New case admitted: Ada", "info"],
    ]);
    const [admitted, , abnormal] = told(memory);
    expect(admitted).toEqual({
      kind: "notification",
      body: {
        id: memory.notes.at(-1)?.id,
        patientId: id,
        message: "New case admitted: Ada",
        timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}$/),
        read: false,
        type: "info",
      },
    });
    expect(abnormal?.kind).toBe("abnormal-scan");
    expect(Object.keys(abnormal?.body ?? {}).sort()).toEqual(
      ["patientId", "caseId", "classification", "confidence", "severity"].sort(),
    );
    expect(abnormal?.body).toMatchObject({ patientId: id, classification: "Glaucoma", severity: "critical" });
    expect(memory.people.get(id)?.validation).toMatchObject({
      status: "approved",
      by: "key:1234",
      reason: "as I see it",
      caseId: memory.people.get(id)?.analysisCase,
    });
  });

  it.each([
    ["normal", "success", "info", 0],
    ["glaucoma", "critical", "critical", 1],
    ["slight", "info", "warning", 1],
    ["faint", "info", "info", 1],
    ["suspect", "info", "undecided", 0],
    ["unclear", "info", "undecided", 0],
    ["ungradable", "info", "undecided", 0],
    ["no-eye", "info", "undecided", 0],
  ] as const)("tells of a picture that is %s as %s", async (scan, type, severity, alarms) => {
    const { memory, read } = room();
    expect(await read(scan)).toMatchObject({ severity, workflowStep: 2 });
    expect(memory.notes[0]?.type).toBe(type);
    expect(told(memory).filter(({ kind }) => kind === "abnormal-scan")).toHaveLength(alarms);
  });

  it("takes a picture that came by another way with its case", async () => {
    const { people, records, admit, read } = room();
    await read("glaucoma");
    const { id } = await people.admit({ name: "Grace" }, origin);
    const attached = await people.attach(id, picture("three"), records[0] as CaseRecord, origin);
    expect(attached).toMatchObject({ workflowStep: 2, analysisCase: records[0]?.id, image: { sha256: "three" } });
    expect((await admit()).analysis).toBeNull();
  });

  it("keeps the reason of a removal with the hidden row", async () => {
    const { people, admit, memory } = room();
    const { id } = await admit();
    const written: Person[] = [];
    const { replacePerson } = memory;
    memory.replacePerson = (person, trail) => {
      written.push(person);
      return replacePerson(person, trail);
    };
    await people.remove(id, "admitted twice", origin);
    expect(written[0]?.removalReason).toBe("admitted twice");
    expect(memory.people.size).toBe(0);
  });
});

describe("the words of a vision-language model", () => {
  const says = (classification: string): EyeAnalysis & { model: string } => ({
    classification,
    confidence: 99,
    findings: ["a pale disc"],
    recommendation: "see a doctor",
    explanation: "it looks so",
    model: "vlm/test",
  });
  const analyst = (answer: EyeAnalyst["analyse"], loaded = true): EyeAnalyst & { asked: number } => {
    const fake = {
      loaded,
      asked: 0,
      analyse: (...given: Parameters<EyeAnalyst["analyse"]>) => {
        fake.asked++;
        return answer(...given);
      },
      load: async () => "loaded" as const,
      unload: async () => "unloaded" as const,
    };
    return fake;
  };

  it("are marked, and change neither label nor confidence where they agree", async () => {
    const { analysis, model, severity } = await room(analyst(async () => says("Glaucoma"))).read("glaucoma");
    expect(analysis).toMatchObject({ classification: "Glaucoma", confidence: 94.79 });
    expect(analysis?.findings.at(-1)).toBe("AI-generated (vlm/test): a pale disc");
    expect(analysis?.explanation).toContain("AI-generated (vlm/test): it looks so");
    expect(model).toContain("vlm/test");
    expect(severity).toBe("critical");
  });

  it("leave nothing normal standing where they disagree", async () => {
    const { analysis, severity, status } = await room(analyst(async () => says("Diabetic Retinopathy"))).read("normal");
    expect(analysis).toMatchObject({ classification: "Unclear, needs a person", confidence: 0 });
    expect(analysis?.recommendation).toContain("needs a person");
    expect([severity, status]).toEqual(["undecided", "Pending Analysis"]);
  });

  it("never lower a finding", async () => {
    const { analysis, severity, status } = await room(analyst(async () => says("Normal"))).read("glaucoma");
    expect(analysis?.classification).toBe("Suspected glaucoma, needs a person");
    expect(analysis?.recommendation).toContain("needs a person");
    expect([severity, status]).toEqual(["critical", "Critical"]);
  });

  it("are not asked for a picture that cannot be read, nor of a model that is not loaded", async () => {
    const asked = analyst(async () => says("Normal"));
    for (const scan of ["ungradable", "no-eye"] as const) await room(asked).read(scan);
    expect(asked.asked).toBe(0);
    const unloaded = analyst(async () => says("Normal"), false);
    await room(unloaded).read("normal");
    expect(unloaded.asked).toBe(0);
  });

  it("may fail without taking the packs' answer away", async () => {
    const failing = analyst(async () => {
      throw new Problem("inference-failed");
    });
    const { analysis } = await room(failing).read("normal");
    expect(analysis).toMatchObject({ classification: "Normal" });
    expect(analysis?.explanation).toContain("inference-failed");
    const gone = analyst(async () => {
      throw new Problem("client-closed-request");
    });
    await expect(room(gone).read("normal")).rejects.toMatchObject({ code: "client-closed-request" });
  });
});

type Command =
  | { readonly do: "analyse" | "attach"; readonly scan: Scan }
  | { readonly do: "picture"; readonly name: string }
  | { readonly do: "validate"; readonly approved: boolean }
  | { readonly do: "schedule" | "cancel" | "rename" | "unpicture" };

const command: fc.Arbitrary<Command> = fc.oneof(
  fc.record({ do: fc.constantFrom("analyse" as const, "attach" as const), scan: fc.constantFrom(...scans) }),
  fc.record({ do: fc.constant("picture" as const), name: fc.constantFrom("one", "two") }),
  fc.record({ do: fc.constant("validate" as const), approved: fc.boolean() }),
  fc.record({ do: fc.constantFrom("schedule" as const, "cancel" as const, "rename" as const, "unpicture" as const) }),
);

/** Whatever is done, in whatever order. */
async function obey({ people, shown, records, read }: ReturnType<typeof room>, id: string, order: Command) {
  switch (order.do) {
    case "analyse":
      shown.scan = order.scan;
      return people.analyse(id, options);
    case "attach": {
      const other = await people.admit({ name: "Eve", picture: { image: picture("three") } }, origin);
      await read(order.scan, other.id);
      return people.attach(id, picture("three"), records.at(-1) as CaseRecord, origin);
    }
    case "picture":
      return people.change(id, { picture: { image: picture(order.name) } }, origin);
    case "unpicture":
      return people.change(id, { picture: null }, origin);
    case "validate":
      return people.validate(id, order.approved, null, origin);
    case "schedule":
      return people.schedule(id, "2026-02-01", origin);
    case "cancel":
      return people.change(id, { appointmentDate: null }, origin);
    case "rename":
      return people.change(id, { name: "Grace" }, origin);
  }
}

function checkCourse(person: Person): void {
  const { workflowStep, analysis, validation, appointmentDate, severity, status, analysisCase } = person;
  expect(analysis === null).toBe(analysisCase === null);
  expect(analysis === null).toBe((severity ?? null) === null);
  if (workflowStep === 2) expect([analysis !== null, validation]).toEqual([true, null]);
  if (workflowStep === 3) expect(validation?.status).toBe("approved");
  if (workflowStep === 4) expect(appointmentDate).not.toBeNull();
  if (validation?.status === "rejected") expect([1, 4]).toContain(workflowStep);
  if (validation !== null) expect(validation.caseId).toBe(analysisCase);
  if (status === "Discharged") expect([validation?.status, workflowStep]).toEqual(["approved", 4]);
  if (status === "Critical" && analysis !== null) expect(severity).toBe("critical");
  if (severity === "undecided") {
    expect(status).toBe("Pending Analysis");
    expect(analysis?.classification).not.toMatch(/^normal/i);
    expect(analysis?.recommendation).toContain("needs a person");
  }
  if (status === "Stable") expect(["info", "warning"]).toContain(severity);
}

describe("whatever is done to a person, in whatever order", () => {
  it("step, status and validation fit each other, and no picture that cannot be read ends as normal", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(command, { minLength: 1, maxLength: 12 }), async (orders) => {
        const house = room();
        const { id } = await house.admit();
        for (const order of orders) {
          await obey(house, id, order).catch((error: Problem) => expect(error.code).toBe("person-without-image"));
          checkCourse(house.memory.people.get(id) as Person);
        }
      }),
      { numRuns: 150 },
    );
  });
});
