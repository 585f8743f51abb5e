import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import sharp from "sharp";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DatasetError } from "./dataset.ts";
import { findImages, readDataset } from "./read-dataset.ts";

const known = { task: "binary", labels: ["normal", "cataract"], aliases: { immature: "cataract" } } as const;

/** A real picture; another number is another picture. */
function picture(number: number, kind: "png" | "jpeg" = "png"): Promise<Buffer> {
  const background = { r: number % 256, g: (number * 37) % 256, b: 90 };
  return sharp({ create: { width: 12, height: 9, channels: 3, background } })
    [kind]()
    .toBuffer();
}

let folder: string;
let outside: string;
beforeEach(async () => {
  outside = await mkdtemp(join(tmpdir(), "fovea-dataset-"));
  folder = join(outside, "eyes");
  await mkdir(folder);
});
afterEach(() => rm(outside, { recursive: true, force: true }));

/** Writes files; a number becomes a picture of its own. */
async function lay(files: Readonly<Record<string, string | number>>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    const kind = name.endsWith(".jpg") ? "jpeg" : "png";
    await writeFile(join(folder, name), typeof content === "number" ? await picture(content, kind) : content);
  }
}

const namesOf = ({ images }: Awaited<ReturnType<typeof readDataset>>) =>
  images.map(({ name, split, labels }) => [name, split, known.labels[labels[0] as number]].join(" ")).sort();

describe("a data set that cannot be read", () => {
  it("is a folder that is not there, or a file", async () => {
    await expect(readDataset(join(folder, "absent"), known)).rejects.toThrow(DatasetError);
    await lay({ "a.png": 1 });
    await expect(readDataset(join(folder, "a.png"), known)).rejects.toThrow(/is not a folder/);
  });

  it("holds nothing that has a label", async () => {
    await expect(readDataset(folder, known)).rejects.toThrow(/no labelled images/);
    await lay({ "a.png": 1, "notes.txt": "normal" });
    await expect(readDataset(folder, known)).rejects.toThrow(/no labelled images/);
  });

  it("knows no label of the programme, and says which it knows", async () => {
    await lay({ "glaucoma/a.png": 1, "myopia/b.png": 2 });
    const refusal = readDataset(folder, known);
    await expect(refusal).rejects.toThrow(DatasetError);
    await expect(refusal).rejects.toThrow(/normal, cataract.*glaucoma, myopia/);
  });

  it.each([
    ["a row without a label", "file,label\na.png,\n", /row 2/],
    ["a table without the columns", "what,ever\n1,2\n", /row 2: a file .* and a label/],
    ["rows of different length", "file,label\na.png,normal,more\n", /is not a table/],
  ])("has a manifest with %s", async (_, text, message) => {
    await lay({ "manifest.csv": text, "a.png": 1 });
    const refusal = readDataset(folder, known);
    await expect(refusal).rejects.toThrow(DatasetError);
    await expect(refusal).rejects.toThrow(message);
  });

  it("names only files outside of itself", async () => {
    await writeFile(join(outside, "secret.png"), await picture(9));
    await lay({ "manifest.csv": `file,label\n../secret.png,normal\n${join(outside, "secret.png")},normal\n` });
    await expect(readDataset(folder, known)).rejects.toThrow(/no image of/);
  });
});

describe("a manifest", () => {
  it("gives splits and groups, whatever the columns are called, with a byte-order mark and spaces", async () => {
    await lay({
      "manifest.csv":
        "\ufeffFile, Diagnosis, Set, Patient\n1.png, Normal , train, p1\nimages/2.jpg,CATARACT,validation,p2\n3.png,immature,test,\n",
      "1.png": 1,
      "images/2.jpg": 2,
      "3.png": 3,
    });
    const found = await readDataset(folder, known);
    expect(found.layout).toBe("manifest");
    expect(namesOf(found)).toEqual(["1.png train normal", "3.png test cataract", "images/2.jpg val cataract"]);
    const groups = Object.fromEntries(found.images.map(({ name, group, sha256 }) => [name, [group, sha256]]));
    expect(groups["1.png"]?.[0]).toBe("p1");
    expect(groups["3.png"]?.[0]).toBe(groups["3.png"]?.[1]);
    expect(new Set(found.images.map(({ set }) => set))).toEqual(new Set(["eyes"]));
  });

  it("may have another name, when it has the columns", async () => {
    await lay({ "zz.csv": "path,class\n1.png,normal\n", "aa.csv": "some,thing\n1,2\n", "1.png": 1 });
    expect(namesOf(await readDataset(folder, known))).toEqual(["1.png  normal"]);
  });

  it("counts labels of other programmes, refuses what is absent or outside, and keeps a copy once", async () => {
    await writeFile(join(outside, "secret.png"), await picture(9));
    await lay({
      "manifest.csv":
        "file,label\n1.png,normal\nagain.png,normal\nabsent.png,normal\n../secret.png,normal\n2.png,myopia\n3.png,myopia\n",
      "1.png": 1,
      "again.png": 1,
      "2.png": 2,
      "3.png": 3,
    });
    const found = await readDataset(folder, known);
    expect(found.images).toHaveLength(1);
    expect(found.copies).toBe(1);
    expect(found.otherLabels).toEqual({ myopia: 2 });
    expect(found.refused).toEqual([
      { name: "absent.png", reason: "there is no such file" },
      { name: "../secret.png", reason: "there is no such file" },
    ]);
  });

  it("that says two things of the same bytes is believed in neither", async () => {
    await lay({
      "manifest.csv": "file,label\n1.png,normal\ntwin.png,cataract\nthird.png,normal\n2.png,normal\n",
      "1.png": 1,
      "twin.png": 1,
      "third.png": 1,
      "2.png": 2,
    });
    const found = await readDataset(folder, known);
    expect(found.images.map(({ name }) => name)).toEqual(["2.png"]);
    expect(found.refused).toEqual([{ name: "1.png", reason: "the same bytes carry two labels" }]);
  });
});

describe("labels.csv", () => {
  it("leaves out folder and ending of images in train, val and test", async () => {
    await lay({
      "labels.csv": "image_name,label\na,normal\nb.png,cataract\nc,cataract\n",
      "train/a.jpg": 1,
      "val/b.png": 2,
      "test/c.png": 3,
    });
    const found = await readDataset(folder, known);
    expect(found.layout).toBe("labels");
    expect(namesOf(found)).toEqual(["a train normal", "b.png val cataract", "c test cataract"]);
  });
});

describe("a folder a class", () => {
  it("may stand alone", async () => {
    await lay({ "normal/a.png": 1, "Cataract/b.jpg": 2, "immature/c.png": 3, "normal/notes.txt": "x" });
    const found = await readDataset(folder, known);
    expect(found.layout).toBe("folders");
    expect(namesOf(found)).toEqual(["Cataract/b.jpg  cataract", "immature/c.png  cataract", "normal/a.png  normal"]);
  });

  it("may stand in folders of splits, a holdout among them", async () => {
    await lay({ "train/normal/a.png": 1, "Valid/cataract/b.png": 2, "images/holdout/normal/c.png": 3 });
    expect(namesOf(await readDataset(folder, known))).toEqual([
      "Valid/cataract/b.png val cataract",
      "images/holdout/normal/c.png holdout normal",
      "train/normal/a.png train normal",
    ]);
  });

  it("may hold links to files; one that leads nowhere is refused", async () => {
    await writeFile(join(outside, "kept elsewhere.png"), await picture(7));
    await lay({ "normal/a.png": 1 });
    await symlink(join(outside, "kept elsewhere.png"), join(folder, "normal/link.png"));
    await symlink(join(outside, "gone.png"), join(folder, "normal/broken.png"));
    const found = await readDataset(folder, known);
    expect(namesOf(found)).toEqual(["normal/a.png  normal", "normal/link.png  normal"]);
    expect(found.refused).toEqual([{ name: "normal/broken.png", reason: "there is no such file" }]);
  });

  it("gives the same order whatever the files are called", async () => {
    await lay({ "normal/a.png": 1, "normal/b.png": 2, "cataract/c.png": 3 });
    const one = (await readDataset(folder, known)).images.map(({ sha256 }) => sha256);
    await rm(folder, { recursive: true });
    await lay({ "normal/z.png": 1, "normal/y.png": 2, "cataract/x.png": 3 });
    expect((await readDataset(folder, known)).images.map(({ sha256 }) => sha256)).toEqual(one);
  });
});

describe("findings.csv", () => {
  const chest = { task: "findings", labels: ["No Finding", "Pneumonia", "Pleural Effusion"], aliases: {} } as const;

  it("wins over the single label, and several findings stay several", async () => {
    await lay({
      "manifest.csv": "file,label\n1.png,Pneumonia\n2.png,Pneumonia\n3.png,no finding\n4.png,Hernia\n",
      "findings.csv":
        "file,No Finding,Pneumonia,pleural_effusion,Hernia\n1.png,0,1,1,0\n2.png,0,0,0,1\n4.png,0,1,0,1\n",
      "1.png": 1,
      "2.png": 2,
      "3.png": 3,
      "4.png": 4,
    });
    const { images } = await readDataset(folder, chest);
    expect(Object.fromEntries(images.map(({ name, labels }) => [name, labels]))).toEqual({
      "1.png": [1, 2],
      "2.png": [0],
      "3.png": [0],
      "4.png": [1],
    });
  });

  it("is not looked at for any other question", async () => {
    await lay({ "manifest.csv": "file,label\n1.png,normal\n", "findings.csv": "broken\n1,2,3\n", "1.png": 1 });
    expect((await readDataset(folder, known)).images).toHaveLength(1);
  });
});

describe("findImages", () => {
  it("refuses a folder without images, and finds every one below it in order", async () => {
    await expect(findImages(folder)).rejects.toThrow(DatasetError);
    await expect(findImages(join(folder, "absent"))).rejects.toThrow(DatasetError);
    await lay({ "b/2.PNG": 2, "a.jpg": 1, "notes.txt": "x" });
    expect(await findImages(folder)).toEqual([join(folder, "a.jpg"), join(folder, "b/2.PNG")]);
  });
});
