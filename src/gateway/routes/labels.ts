import {
  type CaseRecord,
  disclaimer,
  isEndedIncident,
  type LabelledCase,
  type LabelTask,
} from "../../contracts/index.ts";
import { readBody, readField } from "../case-request.ts";
import { answer, type GatewayApp } from "../documented.ts";
import { imageUrl } from "../public-links.ts";
import { linksOf } from "../render-case.ts";
import { type GatewayContext, originOf, type Serving } from "../serving.ts";
import { receiveJson } from "../upload.ts";
import { findCase, noteRead } from "./case-records.ts";
import { addRoute, labelDraftSchema, listRoute, taskLimitSchema, tasksRoute } from "./labels-document.ts";
import { routeLabelExport } from "./labels-export.ts";
import { routeLabelImport } from "./labels-import.ts";
import { checkLabel, findManifest, labelsKept, type NewLabel } from "./labels-kept.ts";

const tasksUsual = 20;
const draftBytesMax = 16 * 1024;
/** Incidents whose cases are put first. */
const incidentsMax = 200;

/** What people say of cases. Each read and write is in the audit log before its answer leaves. */
export function routeLabels(app: GatewayApp, serving: Serving): void {
  answer(app, addRoute, async (c) => {
    const labels = labelsKept(serving);
    const record = await findCase(serving, c);
    const draft = readBody(labelDraftSchema, await receiveJson(serving, c, { bytesMax: draftBytesMax }));
    checkLabel(serving, record.programme, draft.label);
    const { note, ...said } = draft;
    const label: NewLabel = { caseId: record.id, ...said, ...(note !== undefined && { note }) };
    const { added, ...labelled } = await labels.addLabel(label, originOf(c));
    if (!added) await noteRead(serving, c, "labels.read", `case/${record.id}`);
    c.header("Location", `${linksOf(record.id).self}/labels`);
    return c.json(renderLabelled(labelled), added ? 201 : 200);
  });
  answer(app, listRoute, async (c) => {
    const labels = labelsKept(serving);
    const { id } = await findCase(serving, c);
    await noteRead(serving, c, "labels.read", `case/${id}`);
    return c.json(renderLabelled(await labels.labelsOf(id)));
  });
  answer(app, tasksRoute, async (c) => {
    const labels = labelsKept(serving);
    const { id } = findManifest(serving, c);
    const limit = readField("limit", taskLimitSchema, c.req.query("limit")) ?? tasksUsual;
    const tasks = await labels.nextTasks(id, await alarmedCases(serving, id), limit);
    await noteRead(serving, c, "labels.read", `label-tasks/${id}/${tasks.length}`);
    const rendered = await Promise.all(tasks.map((task) => renderTask(serving, c, task)));
    // A case that was deleted meanwhile waits for nobody.
    return c.json({ tasks: rendered.filter((task) => task !== undefined), disclaimer });
  });
  routeLabelImport(app, serving);
  routeLabelExport(app, serving);
}

async function alarmedCases({ drift }: Pick<Serving, "drift">, programme: string): Promise<readonly string[]> {
  const incidents = (await drift?.incidents(programme, incidentsMax)) ?? [];
  return [...new Set(incidents.flatMap((incident) => (isEndedIncident(incident) ? [] : incident.cases)))];
}

async function renderTask(serving: Serving, c: GatewayContext, { caseId, programme, source, answerShown }: LabelTask) {
  const record: CaseRecord | undefined = await serving.cases.getCase(caseId);
  if (record === undefined) return undefined;
  const { self, image } = linksOf(caseId);
  return {
    caseId,
    programme,
    source,
    answerShown,
    ...(answerShown && { decision: record.decision }),
    links: { image: await imageUrl(serving, c, record.image, image), labels: `${self}/labels` },
  };
}

const renderLabelled = (labelled: LabelledCase) => ({ ...labelled, disclaimer });
