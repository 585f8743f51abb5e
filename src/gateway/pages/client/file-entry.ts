import { part } from "./element.ts";

/** Files that came in, and how many folders came with them: folders cannot be read by name. */
export type OnFiles = (files: readonly File[], folders: number) => void;

/** All ways to hand over pictures: dropped anywhere, chosen, pasted. */
export function listenForFiles(onFiles: OnFiles): void {
  const input = part("files", HTMLInputElement);
  input.addEventListener("change", () => {
    onFiles([...(input.files ?? [])], 0);
    // The same file may be chosen again.
    input.value = "";
  });
  document.addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (files.length === 0) return;
    event.preventDefault();
    onFiles(files, 0);
  });
  listenForDrops(onFiles);
}

function listenForDrops(onFiles: OnFiles): void {
  const veil = part("veil", HTMLElement);
  const carriesFiles = (event: DragEvent): boolean => event.dataTransfer?.types.includes("Files") === true;
  // Entering a part means leaving its parent, in this order: only the count says whether the pointer is still here.
  let inside = 0;
  const entered = (change: number): void => {
    inside = Math.max(0, inside + change);
    veil.hidden = inside === 0;
  };
  document.addEventListener("dragenter", (event) => {
    if (carriesFiles(event)) entered(1);
  });
  document.addEventListener("dragleave", (event) => {
    if (carriesFiles(event)) entered(-1);
  });
  document.addEventListener("dragover", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    if (event.dataTransfer !== null) event.dataTransfer.dropEffect = "copy";
  });
  document.addEventListener("drop", (event) => {
    entered(-inside);
    if (event.dataTransfer === null || !carriesFiles(event)) return;
    event.preventDefault();
    const items = [...event.dataTransfer.items].filter(({ kind }) => kind === "file");
    const isFolder = (item: DataTransferItem): boolean => item.webkitGetAsEntry()?.isDirectory === true;
    const files = items.filter((item) => !isFolder(item)).flatMap((item) => item.getAsFile() ?? []);
    onFiles(files, items.filter(isFolder).length);
  });
}
