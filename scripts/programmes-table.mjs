// The table of all programmes in README.md, from models/<programme>/evaluation.json, which `fovea evaluate --out` writes.
import { readFile } from "node:fs/promises";

/** What is shown of each programme, in its own words. */
const shown = {
  cataract: [["AUC", "fine", "auc"]],
  ophthalmology: [["accuracy of three classes", "cascade", "accuracy"]],
  "hallux-valgus": [
    ["balanced accuracy of four classes", "cascade", "balancedAccuracy"],
    ["recall of hallux valgus", "fine", "recall hallux-valgus"],
  ],
  "chest-xray": [["AUC of pneumonia against no finding", "fine", "auc Pneumonia against No Finding"]],
  "diabetic-retinopathy": [
    ["AUC of grade 2 or more", "fine", "auc"],
    ["quadratic kappa", "cascade", "quadraticKappa"],
    ["AUC of grade 2 or more, natural colours", "fine", "auc", "dr_fundus"],
    ["quadratic kappa, natural colours", "cascade", "quadraticKappa", "dr_fundus"],
  ],
};

const digits = (value) => value.toFixed(3).replace(/^0\./, ".");
const cell = ({ value, interval }) => `${digits(value)} [${interval.map(digits).join(", ")}]`;

/** @param {URL} models folder of the packs @returns {Promise<string>} a Markdown table */
export async function programmesTable(models) {
  const rows = [];
  for (const [programme, wanted] of Object.entries(shown)) {
    const { figures, bySet, foreign } = JSON.parse(
      await readFile(new URL(`${programme}/evaluation.json`, models), "utf8"),
    );
    for (const [name, reader, key, set] of wanted) {
      const figure = (set === undefined ? figures : bySet[set])[reader][key];
      rows.push([programme, name, reader, figure.n, cell(figure)]);
    }
    const ood = foreign["datasets/ood"];
    rows.push([programme, "foreign pictures told apart, AUROC", "fast", ood.auroc.n, cell(ood.auroc)]);
  }
  const head = ["programme", "figure", "reader", "n", "value, 95 % interval"];
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/** @param {string} text @param {string} table @returns {string} the text with the table between its two marks */
export const withProgrammes = (text, table) =>
  text.replace(
    /<!-- programmes -->[\s\S]*<!-- \/programmes -->/,
    `<!-- programmes -->\n\n${table}\n\n<!-- /programmes -->`,
  );
