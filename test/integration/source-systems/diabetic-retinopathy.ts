import { all, anyString, form, has, json, keep, keys, missing, nakedTime, type Row, share } from "./rows.ts";

const levels = ["No DR", "Mild", "Moderate", "Severe", "Proliferative"];
const applicationJson = { "content-type": "application/json" };
const unknown = "00000000-0000-4000-8000-000000000000";
const scanKeys = ["patient_id", "dr_severity", "confidence_score", "scan_timestamp", "visit_type", "image_url"];

function expectLevel(body: { dr_severity: string }): void {
  if (!levels.includes(body.dr_severity)) throw new Error(`no such level: ${body.dr_severity}`);
}

const scan = has({ scan_id: anyString, confidence_score: share, scan_timestamp: nakedTime, visit_type: "follow-up" });

const requests: readonly Omit<Row, "system">[] = [
  {
    what: "health",
    path: "/health",
    status: 200,
    check: has({ status: "ok", version: anyString, model_loaded: true }),
    shared: true,
  },
  {
    what: "the greeting",
    path: "/",
    status: 200,
    check: has({ message: anyString, version: anyString, docs: "/docs", health: "/health" }),
    shared: true,
  },
  {
    what: "a new patient",
    method: "POST",
    path: "/patients/",
    headers: applicationJson,
    body: json({ name: "Ada Example", age: 54, email: "ada@example.org" }),
    status: 200,
    check: all(
      keep("patient"),
      has({
        name: "Ada Example",
        age: 54,
        email: "ada@example.org",
        phone: null,
        medical_history: null,
        created_at: nakedTime,
        updated_at: nakedTime,
      }),
    ),
  },
  {
    what: "a patient without the slash",
    method: "POST",
    path: "/patients",
    headers: applicationJson,
    body: json({ name: "Bo" }),
    status: 200,
    check: has({ name: "Bo", age: null }),
  },
  {
    what: "a patient without a name",
    method: "POST",
    path: "/patients/",
    headers: applicationJson,
    body: json({ age: 3 }),
    status: 422,
    check: missing("name"),
  },
  {
    what: "a patient whose age is a word",
    method: "POST",
    path: "/patients/",
    headers: applicationJson,
    body: json({ name: "C", age: "old" }),
    status: 422,
  },
  { what: "one patient", path: "/patients/{patient}", status: 200, check: has({ name: "Ada Example" }) },
  { what: "nobody", path: `/patients/${unknown}`, status: 404, check: has({ detail: "Patient not found" }) },
  { what: "no id at all", path: "/patients/abc", status: 404, check: has({ detail: "Patient not found" }) },
  {
    what: "all patients",
    path: "/patients/?skip=0&limit=10",
    status: 200,
    check: (body) => void (body as unknown[])[1],
  },
  { what: "a limit that is no number", path: "/patients/?limit=x", status: 422 },
  {
    what: "a scan with fields in the form",
    method: "POST",
    path: "/predict/",
    body: form(["patient_id", "{patient}"], ["visit_type", "follow-up"], ["notes", "left eye"], ["file", "image"]),
    status: 200,
    check: all(scan, keys(...scanKeys, "heatmap_url"), expectLevel as never),
    shared: true,
  },
  {
    what: "a scan with fields in the query",
    method: "POST",
    path: "/predict/?patient_id={patient}&visit_type=follow-up",
    body: form(["file", "image"]),
    status: 200,
    check: all(scan, expectLevel as never),
    shared: true,
  },
  {
    what: "a scan whose query and form differ",
    method: "POST",
    path: "/predict/?patient_id={patient}&visit_type=follow-up",
    body: form(["visit_type", "pre-treatment"], ["file", "image"]),
    status: 400,
    check: has({ detail: anyString }),
    shared: true,
  },
  {
    what: "a scan of nobody",
    method: "POST",
    path: `/predict/?patient_id=${unknown}&visit_type=x`,
    body: form(["file", "image"]),
    status: 404,
    check: has({ detail: "Patient not found" }),
    shared: true,
  },
  {
    what: "a scan without a visit",
    method: "POST",
    path: "/predict/?patient_id={patient}",
    body: form(["file", "image"]),
    status: 422,
    check: missing("visit_type"),
    shared: true,
  },
  {
    what: "a scan without a file",
    method: "POST",
    path: "/predict/?patient_id={patient}&visit_type=x",
    body: form(["other", "x"]),
    status: 422,
    check: missing("file"),
    shared: true,
    ambiguous: true,
  },
  {
    what: "the history",
    path: "/predict/patient/{patient}/history",
    status: 200,
    check: (body: Record<string, unknown>[]) => {
      if (body.length < 2) throw new Error("both scans are missing");
      for (const each of body)
        all(keys("id", ...scanKeys) as never, has({ confidence_score: share }))(each as never, undefined as never);
      const times = body.map((each) => String(each["scan_timestamp"]));
      if (times.join() !== [...times].sort().reverse().join()) throw new Error("not newest first");
    },
  },
  {
    what: "nobody's history",
    path: `/predict/patient/${unknown}/history`,
    status: 200,
    check: (body) => {
      if ((body as unknown[]).length !== 0) throw new Error("not empty");
    },
  },
];

export const rows: readonly Row[] = requests.map((row) => ({ ...row, system: "dr" }));
