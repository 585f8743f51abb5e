import { createHash } from "node:crypto";
import { readdir, readFile, stat } from "node:fs/promises";
import { basename, extname, join, relative, resolve, sep } from "node:path";
import { parse } from "csv-parse/sync";
import type { Question } from "../../contracts/pack.ts";
import { type Dataset, DatasetError, type LabelledImage } from "./dataset.ts";

/** More files than this are refused: they would be hashed one by one before anything is said. */
const imagesMax = 200_000;
const tableBytesMax = 256 * 1024 * 1024;
const imageNames = /\.(jpe?g|png|webp|tiff?|bmp)$/i;
const splitNames = new Set(["train", "val", "valid", "validation", "test", "holdout"]);

const columns = {
  file: ["file", "path", "image_name", "image", "filename", "image_path", "name"],
  label: ["label", "class", "class_name", "diagnosis", "level", "grade", "category"],
  split: ["split", "set", "subset"],
  group: ["group", "patient", "patient_id", "patientid", "subject", "case"],
} as const;
const tables = ["manifest.csv", "labels.csv"];

type Known = Pick<Question, "task" | "labels"> & { readonly aliases: Readonly<Record<string, string>> };

interface Row {
  readonly name: string;
  readonly label: string;
  readonly split: string;
  readonly group: string;
}

/**
 * Reads a labelled data set in any of three layouts: `manifest.csv` (file, label, and optionally split and group),
 * `labels.csv` (image_name, label; images beside it or in train/, val/, test/, images/), or a folder a class, with or
 * without a folder a split around them. For findings a `findings.csv` (file, then a column of 0 and 1 a finding) wins.
 *
 * @throws {DatasetError} when there is no such folder, no layout is recognised, or no image has a known label
 */
export async function readDataset(folder: string, known: Known): Promise<Dataset> {
  const root = resolve(folder);
  const found = await stat(root).catch(() => undefined);
  if (!found?.isDirectory()) throw new DatasetError(`${folder} is not a folder`);
  const table = await findTable(root);
  const rows = table === undefined ? await folderRows(root) : await tableRows(root, table);
  if (rows.length === 0) throw new DatasetError(`${folder} holds no labelled images that can be recognised`);
  if (rows.length > imagesMax)
    throw new DatasetError(`${folder} names ${rows.length} images; ${imagesMax} are allowed`);
  const findings = known.task === "findings" ? await readFindings(root, known.labels) : undefined;
  return collect(root, rows, known, findings, table);
}

async function findTable(root: string): Promise<string | undefined> {
  for (const name of tables) if (await isFile(join(root, name))) return name;
  const others = (await readdir(root)).filter((name) => name.endsWith(".csv") && name !== "findings.csv").sort();
  for (const name of others) {
    const [first] = await readTable(join(root, name));
    if (first !== undefined && pick(first, columns.file) !== undefined && pick(first, columns.label) !== undefined)
      return name;
  }
  return undefined;
}

async function readTable(path: string): Promise<Record<string, string>[]> {
  if ((await stat(path)).size > tableBytesMax) throw new DatasetError(`${basename(path)} is larger than 256 MiB`);
  try {
    return parse(await readFile(path), {
      columns: (names: string[]) => names.map((name) => name.trim().toLowerCase()),
      bom: true,
      trim: true,
      skip_empty_lines: true,
    });
  } catch (cause) {
    throw new DatasetError(`${basename(path)} is not a table: ${cause instanceof Error ? cause.message : ""}`, {
      cause,
    });
  }
}

const pick = (row: Record<string, string>, names: readonly string[]): string | undefined => {
  const name = names.find((each) => row[each] !== undefined && row[each] !== "");
  return name === undefined ? undefined : row[name];
};

async function tableRows(root: string, table: string): Promise<Row[]> {
  const rows = await readTable(join(root, table));
  return rows.map((row, i) => {
    const name = pick(row, columns.file);
    const label = pick(row, columns.label);
    if (name === undefined || label === undefined)
      throw new DatasetError(
        `${table}, row ${i + 2}: a file (${columns.file.join(", ")}) and a label (${columns.label.join(", ")}) are needed`,
      );
    return { name, label, split: splitOf(pick(row, columns.split) ?? ""), group: pick(row, columns.group) ?? "" };
  });
}

const splitOf = (name: string): string => {
  const lower = name.toLowerCase();
  return lower === "valid" || lower === "validation" ? "val" : lower;
};

/** `cataract/1.png`, `train/cataract/1.png`, `images/cataract/1.png`: the last folder is the class. */
async function folderRows(root: string): Promise<Row[]> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => (entry.isFile() || entry.isSymbolicLink()) && imageNames.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep))
    .filter((parts) => parts.length >= 2)
    .sort((one, other) => (one.join("/") < other.join("/") ? -1 : 1))
    .map((parts) => ({
      name: parts.join("/"),
      label: parts.at(-2) as string,
      split: splitOf(parts.slice(0, -2).find((part) => splitNames.has(part.toLowerCase())) ?? ""),
      group: "",
    }));
}

/** Findings by file: label indices that are set. */
async function readFindings(root: string, labels: readonly string[]): Promise<Map<string, number[]> | undefined> {
  const path = join(root, "findings.csv");
  if (!(await isFile(path))) return undefined;
  const rows = await readTable(path);
  const columnOf = labels.map((label) => simple(label));
  return new Map(
    rows.map((row) => {
      const set = Object.keys(row)
        .filter((column) => row[column] === "1")
        .map(simple);
      const present = columnOf.flatMap((name, i) => (i > 0 && set.includes(name) ? [i] : []));
      return [pick(row, columns.file) ?? "", present.length === 0 ? [0] : present];
    }),
  );
}

/** Names are compared without case, spaces and the kind of dash. */
const simple = (name: string): string => name.toLowerCase().replaceAll(/[\s_-]+/g, "");

async function collect(
  root: string,
  rows: readonly Row[],
  { labels, aliases }: Known,
  findings: Map<string, number[]> | undefined,
  table: string | undefined,
): Promise<Dataset> {
  const byName = new Map(
    [...labels, ...Object.keys(aliases)].map((name) => [simple(name), labels.indexOf(aliases[name] ?? name)]),
  );
  const images = new Map<string, LabelledImage>();
  const refused: { name: string; reason: string }[] = [];
  const otherLabels: Record<string, number> = {};
  const conflicting = new Set<string>();
  let copies = 0;
  for (const row of rows) {
    const single = byName.get(simple(row.label));
    const present = findings?.get(row.name) ?? (single === undefined ? undefined : [single]);
    if (present === undefined) {
      otherLabels[row.label] = (otherLabels[row.label] ?? 0) + 1;
      continue;
    }
    const path = await locateImage(root, row.name);
    if (path === undefined) {
      refused.push({ name: row.name, reason: "there is no such file" });
      continue;
    }
    const sha256 = createHash("sha256")
      .update(await readFile(path))
      .digest("hex");
    const split =
      row.split ||
      splitOf(
        relative(root, path)
          .split(sep)
          .find((part) => splitNames.has(part.toLowerCase())) ?? "",
      );
    const image = {
      path,
      name: row.name,
      sha256,
      labels: present,
      split,
      group: row.group || sha256,
      set: basename(root),
    };
    const twin = images.get(sha256);
    if (twin === undefined) images.set(sha256, image);
    else if (twin.labels.join() === present.join()) copies++;
    else conflicting.add(sha256);
  }
  for (const sha256 of conflicting) {
    refused.push({ name: images.get(sha256)?.name ?? "", reason: "the same bytes carry two labels" });
    images.delete(sha256);
  }
  if (images.size === 0)
    throw new DatasetError(
      `no image of ${root} has a label of this programme (${labels.join(", ")}); found: ${Object.keys(otherLabels).join(", ") || "none"}`,
    );
  return {
    images: [...images.values()].sort((one, other) => (one.sha256 < other.sha256 ? -1 : 1)),
    otherLabels,
    refused,
    copies,
    layout: table === undefined ? "folders" : table === "labels.csv" ? "labels" : "manifest",
  };
}

/** A table may leave out the folder, and the ending. A path that leads out of the data set is no path of it. */
async function locateImage(root: string, name: string): Promise<string | undefined> {
  const endings = extname(name) === "" ? [".jpg", ".jpeg", ".png"] : [""];
  for (const inside of ["", "images", "train", "val", "test"])
    for (const ending of endings) {
      const path = resolve(root, inside, name + ending);
      if (path.startsWith(root + sep) && (await isFile(path))) return path;
    }
  return undefined;
}

const isFile = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isFile(),
    () => false,
  );

/** Every image file under a folder, whatever it shows, sorted. @throws {DatasetError} when there is none */
export async function findImages(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries
    .filter((entry) => entry.isFile() && imageNames.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
  if (files.length === 0) throw new DatasetError(`${folder} holds no images`);
  return files.sort();
}
