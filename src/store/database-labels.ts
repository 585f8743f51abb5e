import {
  type CaseRecord,
  type LabelledCase,
  type Labels,
  type LabelTask,
  type Origin,
  Problem,
} from "../contracts/index.ts";
import { type Clock, newCaseId } from "../platform/index.ts";
import { labelledCase } from "./label-truth.ts";
import type { RecordThread } from "./record-thread.ts";
import { isUuid } from "./uuid.ts";

/** What anybody may say of any picture. */
const ungradable = "ungradable";

type Source = LabelTask["source"];
const sources: readonly Source[] = ["abstention", "audit", "alarm", "repeat"];
type Counts = Readonly<Record<Source, number>>;

/** What the records do not know about labels. */
export interface LabelRules {
  /** Labels of a programme, and those of them that are a finding; undefined for one that is not installed. */
  readonly labelsOf: (
    programme: string,
  ) => { readonly labels: readonly string[]; readonly positive: readonly string[] } | undefined;
  /**
   * Where the next task is taken from.
   * @param shown tasks that this process gave out for the programme
   * @returns undefined when nothing waits
   */
  readonly nextSource: (shown: Counts, waiting: Counts) => Source | undefined;
  readonly answerShown: (source: Source) => boolean;
}

/** What people say of cases, in the database of the cases. */
export class DatabaseLabels implements Labels {
  readonly #thread: RecordThread;
  readonly #clock: Clock;
  readonly #rules: LabelRules;
  /** By programme: whoever asks for one task at a time is asked about all kinds all the same. */
  readonly #shown = new Map<string, Counts>();

  constructor(thread: RecordThread, clock: Clock, rules: LabelRules) {
    this.#thread = thread;
    this.#clock = clock;
    this.#rules = rules;
  }

  async addLabel(given: Parameters<Labels["addLabel"]>[0], origin: Origin): ReturnType<Labels["addLabel"]> {
    const { caseId, label, role, by, note } = given;
    const programme = isUuid(caseId) ? await this.#thread.call("programmeOf", caseId) : undefined;
    if (programme === undefined) throw new Problem("case-unknown");
    const known = this.#rules.labelsOf(programme);
    if (label !== ungradable && known?.labels.includes(label) !== true) throw labelUnknown(known?.labels);
    const positive = label !== ungradable && known?.positive.includes(label) === true;
    const id = newCaseId();
    const at = this.#clock.timestamp();
    const checked = {
      id,
      caseId: caseId.toLowerCase(),
      label,
      positive,
      role,
      by,
      at,
      ...(note !== undefined && { note }),
    };
    const { labels, added } = await this.#thread.call("addLabel", { label: checked, origin });
    return { ...labelledCase(checked.caseId, labels), added };
  }

  async labelsOf(caseId: string): Promise<LabelledCase> {
    return labelledCase(caseId, isUuid(caseId) ? await this.#thread.call("labelsOf", caseId.toLowerCase()) : []);
  }

  async nextTasks(programme: string, alarmed: readonly string[], limit: number): Promise<readonly LabelTask[]> {
    const asked = { programme, alarmed: alarmed.filter(isUuid).map((id) => id.toLowerCase()), limit };
    const waiting = await this.#thread.call("labelCandidates", asked);
    const left = new Map(sources.map((source) => [source, [...waiting[source]]]));
    const counts = (of: (source: Source) => number) =>
      Object.fromEntries(sources.map((source) => [source, of(source)])) as Counts;
    let shown = this.#shown.get(programme) ?? counts(() => 0);
    const tasks: LabelTask[] = [];
    while (tasks.length < limit) {
      const source = this.#rules.nextSource(
        shown,
        counts((each) => left.get(each)?.length ?? 0),
      );
      const caseId = source && left.get(source)?.shift();
      if (source === undefined || caseId === undefined) break;
      tasks.push({ caseId, programme, source, answerShown: this.#rules.answerShown(source) });
      shown = { ...shown, [source]: shown[source] + 1 };
    }
    if (tasks.length > 0) this.#shown.set(programme, shown);
    return tasks;
  }

  countLabels(programme: string, since: string, of: readonly string[]): ReturnType<Labels["countLabels"]> {
    return this.#thread.call("countLabels", { programme, since, of: of.filter(isUuid) });
  }

  async labelledCases(
    programme: string,
    { before, limit }: Parameters<Labels["labelledCases"]>[1],
  ): ReturnType<Labels["labelledCases"]> {
    if (before !== undefined && !isUuid(before)) return [];
    const asked = { programme, limit, ...(before !== undefined && { before }) };
    const found = await this.#thread.call("labelledCases", asked);
    return found.map(({ record: json, labels, audit }) => {
      const record = JSON.parse(json) as CaseRecord;
      return { record, labelled: labelledCase(record.id, labels), ...(audit && { audit }) };
    });
  }
}

function labelUnknown(labels: readonly string[] | undefined): Problem {
  const detail =
    labels === undefined
      ? "The programme of this case is not installed here."
      : `A label is one of ${[...labels, ungradable].join(", ")}.`;
  return new Problem("field-invalid", { detail, fields: [{ name: "label", message: "is none of this programme" }] });
}
