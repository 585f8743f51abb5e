import type { Programme, ProgrammeCatalog, ReaderPack } from "../contracts/index.ts";

/** Programmes that can answer. */
export const installedProgrammes = (catalog: ProgrammeCatalog): readonly Programme[] =>
  [...catalog.programmes.values()].filter((each): each is Programme => !("missing" in each));

/** The packs an engine must load to serve every installed programme, each once. */
export function packsToLoad(catalog: ProgrammeCatalog): readonly ReaderPack[] {
  const packs = installedProgrammes(catalog).flatMap(({ fast, fine }) => [fast.load, fine.load]);
  return [...new Map(packs.map((pack) => [pack.digest, pack])).values()];
}

/** Digests of the packs that a server loads only when somebody asks for their programme. */
export function packsForLater(catalog: ProgrammeCatalog, preload: string): readonly string[] {
  if (preload === "all") return [];
  const early = new Set(preload.split(",").map((name) => name.trim()));
  return installedProgrammes(catalog)
    .filter(({ manifest }) => !early.has(manifest.id))
    .flatMap(({ fast, fine }) => [fast.digest, fine.digest]);
}
