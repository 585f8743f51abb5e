import { heading, ink, percent, picture, px, text, wrapped } from "./svg.ts";

interface ConfusionFigure {
  readonly title: string;
  /** In the order of rows and columns. */
  readonly labels: readonly string[];
  /** Cases by true label (row) and decided label (column). */
  readonly matrix: readonly (readonly number[])[];
}

const left = 170;
const labelCharacters = 13;

/** Counts with their share of the row, as SVG; the darker a cell, the larger its share. */
export function drawConfusion({ title, labels, matrix }: ConfusionFigure): string {
  const size = labels.length;
  if (size < 2 || matrix.length !== size || matrix.some((row) => row.length !== size))
    throw new RangeError("a square of counts and a label for each row expected");
  const totals = matrix.map((row) => row.reduce((sum, each) => sum + each, 0));
  const n = totals.reduce((sum, each) => sum + each, 0);
  if (!(n > 0)) throw new RangeError("no cases");
  const cell = size <= 3 ? 112 : size <= 6 ? 92 : 74;
  const width = Math.max(520, left + cell * size + 34);
  const cases = `n = ${n}; each cell: cases and share of its row`;
  const head = heading(24, title, cases, Math.floor(width / 10.2));
  const top = head.bottom + 82;
  const perLine = Math.floor(cell / 6.6);
  const height = top + cell * size + 44;
  return picture(width, height, `${title}. ${cases}`, [
    ...head.marks,
    text(left + (cell * size) / 2, top - 54, "Decided", { anchor: "middle", bold: true }),
    text(24, top + (cell * size) / 2, "True", { anchor: "middle", bold: true, turn: -90 }),
    ...labels.flatMap((label, j) => {
      const lines = wrapped(label, perLine, 2);
      return lines.map((words, k) =>
        text(left + cell * (j + 0.5), top - 14 - 16 * (lines.length - 1 - k), words, { anchor: "middle", size: 12 }),
      );
    }),
    ...labels.flatMap((label, i) => {
      const lines = wrapped(label, labelCharacters + 3, 2);
      const middle = top + cell * (i + 0.5);
      return [
        ...lines.map((words, k) =>
          text(left - 12, middle - 2 - 8 * (lines.length - 1) + 16 * k, words, { anchor: "end" }),
        ),
        text(left - 12, middle + 14 + 8 * (lines.length - 1), `n = ${totals[i]}`, {
          anchor: "end",
          size: 12,
          colour: ink.quiet,
        }),
      ];
    }),
    ...matrix.flatMap((row, i) =>
      row.flatMap((count, j) => drawCell(left + cell * j, top + cell * i, cell, count, totals[i] as number)),
    ),
  ]);
}

function drawCell(x: number, y: number, side: number, count: number, total: number): string[] {
  const share = total === 0 ? 0 : count / total;
  // From paper to a blue that dark letters can still be read on.
  const mix = (from: number, to: number): number => Math.round(from + share * (to - from));
  const fill = `rgb(${mix(246, 116)},${mix(248, 168)},${mix(250, 219)})`;
  const [middleX, middleY] = [x + side / 2, y + side / 2];
  return [
    `<rect x="${px(x)}" y="${px(y)}" width="${px(side)}" height="${px(side)}" fill="${fill}" stroke="${ink.paper}" stroke-width="2"/>`,
    text(middleX, middleY + 1, String(count), { anchor: "middle", size: 19, bold: true }),
    text(middleX, middleY + 21, total === 0 ? "no cases" : percent(share, 1), { anchor: "middle", size: 12 }),
  ];
}
