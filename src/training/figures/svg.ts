/** Colours that stay apart for the colour-blind and in grey; each series also has a dash of its own. */
export const ink = { text: "#1b2733", quiet: "#4a5a68", grid: "#e3e9ee", axis: "#6b7a87", paper: "#ffffff" } as const;
export const series = [
  { colour: "#0b5394", dash: "" },
  { colour: "#b34700", dash: "7 4" },
  { colour: "#1b7837", dash: "2 3" },
  { colour: "#6a3d9a", dash: "9 3 2 3" },
] as const;
export const chance = { colour: "#6b7a87", dash: "4 4" } as const;
export type Stroke = (typeof series)[number] | typeof chance;

const fonts = "system-ui, 'Segoe UI', Roboto, 'DejaVu Sans', Arial, sans-serif";

export const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

/** Pixels, to a tenth: no eye sees more, and files stay small. */
export const px = (value: number): string => {
  if (!Number.isFinite(value)) throw new RangeError(`${value} cannot be drawn`);
  return String(Math.round(value * 10) / 10);
};

interface TextStyle {
  readonly size?: number;
  readonly anchor?: "start" | "middle" | "end";
  readonly colour?: string;
  readonly bold?: boolean;
  /** Degrees, around the text's own place. */
  readonly turn?: number;
}

export function text(x: number, y: number, words: string, style: TextStyle = {}): string {
  const { size = 13, anchor = "start", colour = ink.text, bold = false, turn = 0 } = style;
  const rest = `${bold ? ' font-weight="600"' : ""}${turn === 0 ? "" : ` transform="rotate(${turn} ${px(x)} ${px(y)})"`}`;
  return `<text x="${px(x)}" y="${px(y)}" font-size="${size}" text-anchor="${anchor}" fill="${colour}"${rest}>${escaped(words)}</text>`;
}

export const line = (x1: number, y1: number, x2: number, y2: number, colour: string, width = 1): string =>
  `<line x1="${px(x1)}" y1="${px(y1)}" x2="${px(x2)}" y2="${px(y2)}" stroke="${colour}" stroke-width="${width}"/>`;

/** Lines of at most so many characters, broken between words; a word that is longer ends in an ellipsis. */
export function wrapped(words: string, charactersMax: number, linesMax: number): string[] {
  const lines: string[] = [];
  for (const word of words.split(/\s+/)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= charactersMax)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word.length > charactersMax ? `${word.slice(0, charactersMax - 1)}…` : word);
  }
  if (lines.length <= linesMax) return lines;
  const end = (lines[linesMax - 1] as string).slice(0, charactersMax - 1);
  return [...lines.slice(0, linesMax - 1), `${end}…`];
}

/** A picture on its own white ground, so that it reads the same on a dark page. */
export function picture(width: number, height: number, title: string, marks: readonly string[]): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" font-family="${fonts}">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${width}" height="${height}" fill="${ink.paper}"/>`,
    ...marks,
    "</svg>",
    "",
  ].join("\n");
}

/** Title in bold and under it how many cases it speaks of. */
export function heading(
  x: number,
  title: string,
  cases: string,
  charactersMax: number,
): { marks: string[]; bottom: number } {
  const lines = wrapped(title, charactersMax, 2);
  const marks = lines.map((words, i) => text(x, 30 + 22 * i, words, { size: 17, bold: true }));
  const bottom = 30 + 22 * lines.length;
  return { marks: [...marks, text(x, bottom, cases, { colour: ink.quiet })], bottom };
}

/** A share as a reader says it: "4 %", "2.5 %". */
export function percent(share: number, decimals = 0): string {
  return `${(100 * share).toFixed(decimals)} %`;
}
