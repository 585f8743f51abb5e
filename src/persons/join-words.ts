import type { CaseRecord, EyeAnalysis, Severity } from "../contracts/index.ts";
import { analysisOf, isUnreadable, needsPerson, severityOf, suspicionOf, unclearWords } from "./analysis-of.ts";

/** What is shown of one reading. */
export interface Described {
  readonly analysis: EyeAnalysis;
  readonly severity: Severity;
  /** The packs that read, and the vision-language model whose words are in the analysis. */
  readonly model: string;
}

type Words = EyeAnalysis & { readonly model: string };

/** What the packs alone say. */
export const describe = (record: CaseRecord): Described => ({
  analysis: analysisOf(record),
  severity: severityOf(record),
  model: record.readings.map(({ pack, digest }) => `${pack}@${digest.slice(0, 12)}`).join(", "),
});

/**
 * The packs' answer with the words of a vision-language model, marked as such. Label, confidence and decision stay the
 * packs'. Where the model contradicts them nothing normal is left standing: the case then needs a person, and a
 * severity is never lowered.
 */
export function joinWords(record: CaseRecord, words: Words): Described {
  const own = describe(record);
  const { analysis } = own;
  const marked = marks(words.model);
  const findings = [...analysis.findings, ...words.findings.map(marked)];
  const explanation = `${analysis.explanation} ${marked(words.explanation)}`;
  const model = `${own.model}, ${words.model}`;
  if (isUnreadable(record) || record.decision.outcome === "person" || agree(record, words.classification))
    return {
      ...own,
      model,
      analysis: { ...analysis, findings, explanation, recommendation: advice(analysis, words, marked) },
    };
  const suspected = record.decision.outcome === "positive";
  return {
    model,
    severity: suspected ? own.severity : "undecided",
    analysis: {
      classification: suspected
        ? `${suspicionOf(record.programme, record.decision.label)}, ${needsPerson}`
        : unclearWords,
      confidence: suspected ? analysis.confidence : 0,
      findings,
      recommendation: `The readers disagree: this case ${needsPerson}.`,
      explanation: `${explanation} ${marked(`it calls the picture "${words.classification}"`)}`,
    },
  };
}

const marks =
  (model: string) =>
  (text: string): string =>
    `AI-generated (${model}): ${text}`;

const advice = ({ recommendation }: EyeAnalysis, words: Words, marked: (text: string) => string): string =>
  `${recommendation} ${marked(words.recommendation)}`;

const agree = ({ decision }: CaseRecord, classification: string): boolean =>
  plain(classification) === plain(decision.label);

const plain = (label: string): string => label.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
