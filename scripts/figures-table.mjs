// The table of figures in README.md, from what the packs themselves say. Every figure with its n and interval.
import { readFile } from "node:fs/promises";

const packs = [
  { id: "cataract/fast-1", name: "fast reader" },
  { id: "cataract/fine-1", name: "fine reader, int8" },
  { id: "cataract/cascade-1", name: "cascade" },
];
const sets = [
  { what: /^grouped 5-fold cross-validation, train\+val(, int8-static)?$/, name: "cross-validated, train and val" },
  {
    what: /^grouped 5-fold cross-validation of the frozen recipe, train\+val\+test(, int8-static)?$/,
    name: "cross-validated, all images",
  },
  { what: /^test split(, int8-static)?$/, name: "test split" },
];
const figure = (value, signed) => (signed ? `${value < 0 ? "−" : ""}${shown(Math.abs(value))}` : shown(value));
const shown = (value) => value.toFixed(3).replace(/^0\./, ".");
const cell = (measured, key) => {
  const found = measured.figures[key];
  if (found === undefined) return "";
  const signed = found.interval[0] < 0;
  const [lo, hi] = found.interval.map((each) => figure(each, signed));
  return `${figure(found.value, signed)} [${lo}, ${hi}]`;
};

/** @param {URL} models folder of the packs @returns {Promise<string>} a Markdown table */
export async function figuresTable(models) {
  const rows = [];
  for (const { id, name } of packs) {
    const { measured } = JSON.parse(await readFile(new URL(`${id}/evaluation.json`, models), "utf8"));
    for (const set of sets) {
      const found = measured.find(({ what }) => set.what.test(what));
      if (found === undefined) throw new Error(`${id}: no figures for ${set.name}`);
      const { images } = found.split;
      rows.push([
        name,
        set.name,
        images,
        cell(found, "accuracy"),
        cell(found, "auc"),
        cell(found, "accuracyMinusAlwaysFine"),
        cell(found, "escalated"),
      ]);
    }
  }
  const head = ["reader", "measured on", "n", "accuracy", "AUC", "against always-fine", "escalated"];
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/** @param {string} text @param {string} table @returns {string} the text with the table between its two marks */
export const withFigures = (text, table) =>
  text.replace(/<!-- figures -->[\s\S]*<!-- \/figures -->/, `<!-- figures -->\n\n${table}\n\n<!-- /figures -->`);
