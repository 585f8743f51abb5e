/** The programme that answers for the source system. */
export const programme = "diabetic-retinopathy";

/** The source's words for grades 0 to 4 of the international scale (ICDR). */
export const severities = ["No DR", "Mild", "Moderate", "Severe", "Proliferative"] as const;
export type Severity = (typeof severities)[number];

/**
 * @param label grade as the programme writes it, "0" to "4"
 * @throws {RangeError} for any other label: a programme that was changed must not answer under the wrong word
 */
export function severityOf(label: string): Severity {
  const severity = /^\d$/.test(label) ? severities[Number(label)] : undefined;
  if (severity === undefined) throw new RangeError(`no severity for the label ${label}`);
  return severity;
}

export const bySeverity = (probabilities: Readonly<Record<string, number>>): Record<Severity, number> =>
  Object.fromEntries(Object.entries(probabilities).map(([label, p]) => [severityOf(label), p])) as Record<
    Severity,
    number
  >;
