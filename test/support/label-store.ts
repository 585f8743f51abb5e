import {
  type AuditEvent,
  type CaseAudit,
  type CaseLabel,
  type CaseRecord,
  type LabelledCase,
  type Labels,
  type LabelTask,
  labelRoles,
  Problem,
} from "../../src/contracts/index.ts";
import { catalog } from "./programme.ts";

/** `Labels` in memory: what a database must do, done plainly. */
export interface MemoryLabels extends Labels {
  /** All that was added, oldest first. */
  readonly added: CaseLabel[];
  /** What waits for a person, best first. */
  readonly tasks: LabelTask[];
  /** By case. */
  readonly audits: Map<string, CaseAudit>;
  /** What `nextTasks` was told of open incidents, call by call. */
  readonly alarmed: (readonly string[])[];
  readonly events: AuditEvent[];
}

/** @param caseOf the cases that there are; a second look at them costs nothing */
export function memoryLabels(caseOf: (id: string) => CaseRecord | undefined): MemoryLabels {
  const of = (caseId: string) => memory.added.filter((label) => label.caseId === caseId);
  const memory: MemoryLabels = {
    added: [],
    tasks: [],
    audits: new Map(),
    alarmed: [],
    events: [],
    addLabel: async (draft, origin) => {
      const record = caseOf(draft.caseId);
      if (record === undefined) throw new Problem("case-unknown");
      const manifest = catalog.programmes.get(record.programme)?.manifest;
      if (draft.label !== "ungradable" && !manifest?.labels.includes(draft.label)) throw new Problem("field-invalid");
      const last = of(draft.caseId).findLast(({ by }) => by === draft.by);
      if (last?.label === draft.label && last.role === draft.role)
        return { ...standing(draft.caseId, of(draft.caseId)), added: false };
      memory.added.push({
        ...draft,
        id: `018f0000-0000-7000-9000-${String(memory.added.length).padStart(12, "0")}`,
        programme: record.programme,
        positive: manifest?.positive.includes(draft.label) === true,
        at: new Date(Date.UTC(2026, 0, 1, 10, 0, memory.added.length)).toISOString(),
      });
      memory.events.push({ ...origin, action: "label.added", object: `case/${draft.caseId}` });
      return { ...standing(draft.caseId, of(draft.caseId)), added: true };
    },
    labelsOf: async (caseId) => standing(caseId, of(caseId)),
    nextTasks: async (programme, alarmed, limit) => {
      memory.alarmed.push(alarmed);
      return memory.tasks.filter((task) => task.programme === programme).slice(0, limit);
    },
    countLabels: async (programme, since, cases) => {
      const come = memory.added.filter((label) => label.programme === programme && label.at > since);
      const labelled = new Set(come.map(({ caseId }) => caseId));
      return { total: come.length, ofThese: cases.filter((id) => labelled.has(id)).length };
    },
    labelledCases: async (programme, { before, limit }) =>
      [...new Set(memory.added.filter((label) => label.programme === programme).map(({ caseId }) => caseId))]
        .sort((one, other) => (one < other ? 1 : -1))
        .filter((id) => before === undefined || id < before)
        .slice(0, limit)
        .map((id) => {
          const audit = memory.audits.get(id);
          const record = caseOf(id) as CaseRecord;
          return { record, labelled: standing(id, of(id)), ...(audit && { audit }) };
        }),
  };
  return memory;
}

/** The last word of each person of the highest role: they agree, or there is a conflict. */
function standing(caseId: string, labels: readonly CaseLabel[]): LabelledCase {
  const highest = labelRoles.findLast((role) => labels.some((label) => label.role === role));
  const words = new Map(labels.filter(({ role }) => role === highest).map(({ by, label }) => [by, label]));
  const [truth, ...others] = new Set(words.values());
  const conflict = others.length > 0;
  return { caseId, labels, ...(truth !== undefined && !conflict && { truth }), conflict };
}
