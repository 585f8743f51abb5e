import { type RouteConfig, z } from "@hono/zod-openapi";
import { labelRoles, problems } from "../../contracts/index.ts";
import type { ProblemCode } from "../../contracts/problems.ts";
import { line } from "../person-schemas.ts";
import { json, problemResponses } from "../responses.ts";
import { caseSchema } from "../schemas.ts";

/** Names of people and of programmes' labels are short. */
const nameLengthMax = 64;
const noteLengthMax = 500;
const tasksMax = 100;

const tags = ["labels"];
const count = z.int().min(0);

export const labelDraftSchema = z
  .strictObject({
    label: z
      .string()
      .max(nameLengthMax)
      .openapi({ description: "One of the programme's labels, or `ungradable`", example: "cataract" }),
    role: z.enum(labelRoles).openapi({ description: "The label of a higher role holds: reader, senior, adjudicator" }),
    by: line(nameLengthMax).openapi({ description: "Who says so, as you name them; never a patient" }),
    note: line(noteLengthMax).optional().openapi({ description: "Why; nothing that names a patient" }),
  })
  .openapi("LabelDraft");

/** Columns of a table, keys of a line. */
export const labelRowSchema = z
  .strictObject({
    case_id: z.uuid().optional(),
    external_id: line(128).optional().openapi({ description: "As given with the image; in place of `case_id`" }),
    ...labelDraftSchema.shape,
  })
  .refine((row) => (row.case_id === undefined) !== (row.external_id === undefined), {
    message: "one of case_id and external_id is needed",
    path: ["case_id"],
  })
  .openapi("LabelRow");
export type LabelRow = z.infer<typeof labelRowSchema>;
export const labelColumns = ["case_id", "external_id", "label", "role", "by", "note"] as const;

const labelSchema = z
  .strictObject({
    id: z.string(),
    caseId: z.uuid(),
    programme: z.string(),
    label: z.string(),
    positive: z.boolean(),
    role: z.enum(labelRoles),
    by: z.string(),
    at: z.iso.datetime(),
    note: z.string().optional(),
  })
  .openapi("CaseLabel");

export const labelledCaseSchema = z
  .strictObject({
    caseId: z.uuid(),
    labels: z.array(labelSchema).openapi({ description: "Oldest first; none is ever changed or removed" }),
    truth: z.string().optional().openapi({
      description: "The label that holds: the newest of the highest role, when nobody of that role contradicts it",
    }),
    conflict: z.boolean().openapi({ description: "People of the highest role contradict each other" }),
    disclaimer: z.string(),
  })
  .openapi("LabelledCase");

export const labelImportSchema = z
  .strictObject({
    added: count,
    unchanged: count.openapi({ description: "Rows that said what their person had said last of this case" }),
    refused: count,
    refusals: z
      .array(
        z.strictObject({
          line: z.int().min(1).openapi({ description: "Of the body, from 1" }),
          code: z.enum(Object.keys(problems) as [ProblemCode, ...ProblemCode[]]),
          detail: z.string(),
        }),
      )
      .openapi({ description: "The first of them" }),
  })
  .openapi("LabelImport");

const taskSchema = z
  .strictObject({
    caseId: z.uuid(),
    programme: z.string(),
    source: z.enum(["abstention", "audit", "alarm", "repeat"]).openapi({
      description:
        "`abstention`: the readers left it to a person; `audit`: chance chose it; `alarm`: an open incident shows it; `repeat`: it was labelled before",
    }),
    answerShown: z.boolean().openapi({
      description: "False: whoever labels is not to know what the readers say, so the answer is not here",
    }),
    decision: caseSchema.shape.decision.optional(),
    links: z.strictObject({
      image: z.string().openapi({ description: "Needs no key, for a short time" }),
      labels: z.string().openapi({ description: "Where the label is sent" }),
    }),
  })
  .openapi("LabelTask");

export const labelTasksSchema = z
  .strictObject({ tasks: z.array(taskSchema), disclaimer: z.string() })
  .openapi("LabelTasks");

export const taskLimitSchema = z.coerce
  .number()
  .int()
  .min(1)
  .max(tasksMax)
  .openapi({ type: "integer", description: "Default: 20" });

const caseParams = z.object({ id: z.uuid() });
const programmeParams = z.object({ programme: z.string().openapi({ example: "cataract" }) });
const common: readonly ProblemCode[] = ["unauthorised", "store-unavailable", "internal"];
const written: readonly ProblemCode[] = [
  "field-invalid",
  "json-invalid",
  "body-malformed",
  "body-too-large",
  "too-many-bytes-in-flight",
  "request-timeout",
];

export const addRoute: RouteConfig = {
  method: "post",
  path: "/v1/cases/{id}/labels",
  operationId: "addLabel",
  summary: "Say what a picture shows",
  description:
    "Labels are added and never changed; who disagrees adds another. Who repeats what they said last of this case is answered 200 with what stands, and nothing is added.",
  tags,
  request: {
    params: caseParams,
    body: { required: true, content: { "application/json": { schema: labelDraftSchema } } },
  },
  responses: {
    200: json("It stood before", labelledCaseSchema),
    201: json("All labels of the case, with this one", labelledCaseSchema),
    ...problemResponses([...common, ...written, "case-unknown"]),
  },
};

export const listRoute: RouteConfig = {
  method: "get",
  path: "/v1/cases/{id}/labels",
  operationId: "getLabels",
  summary: "What people say of a case, and what follows from it",
  tags,
  request: { params: caseParams },
  responses: {
    200: json("All labels of the case", labelledCaseSchema),
    ...problemResponses([...common, "case-unknown"]),
  },
};

const table = { type: "string" as const, example: "case_id,label,role,by,note\n" };
export const importRoute: RouteConfig = {
  method: "post",
  path: "/v1/labels",
  operationId: "importLabels",
  summary: "Add many labels at once",
  description:
    "A table whose first row names its columns, or one JSON object a line. A row that is wrong does not stop the others: it is counted and said. All rows are checked before the first is added; of a body that cannot be read, or is too large, none is. Sending the same again is harmless.",
  tags,
  request: {
    body: {
      required: true,
      content: { "text/csv": { schema: table }, "application/x-ndjson": { schema: labelRowSchema } },
    },
  },
  responses: {
    200: json("What was added and what was not", labelImportSchema),
    ...problemResponses([...common, ...written]),
  },
};

export const tasksRoute: RouteConfig = {
  method: "get",
  path: "/v1/programmes/{programme}/label-tasks",
  operationId: "listLabelTasks",
  summary: "Cases that wait for a person's label, best first",
  tags,
  request: { params: programmeParams, query: z.object({ limit: taskLimitSchema.optional() }) },
  responses: {
    200: json("The best", labelTasksSchema),
    ...problemResponses([...common, "field-invalid", "programme-unknown"]),
  },
};

export const exportRoute: RouteConfig = {
  method: "get",
  path: "/v1/programmes/{programme}/labels/export",
  operationId: "exportLabels",
  summary: "Every labelled case as a table, newest first",
  description:
    "A text that a spreadsheet would take for a formula begins with an apostrophe. `audit_probability` is with what chance a person was asked, fixed before anybody judged the case; figures may rest only on cases with `audit_chosen`.",
  tags,
  request: { params: programmeParams },
  responses: {
    200: { description: "One case a line", content: { "text/csv": { schema: { type: "string" } } } },
    ...problemResponses([...common, "programme-unknown", "queue-full"]),
  },
};
