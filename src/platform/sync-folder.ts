import { open } from "node:fs/promises";

/** The names of files in a folder survive a power cut from here on. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
