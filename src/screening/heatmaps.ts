import {
  type ActivationMap,
  type CaseRecord,
  type ObjectStore,
  type Predictor,
  Problem,
  type Programme,
  type ProgrammeCatalog,
  type ProgrammeManifest,
  type Tracer,
} from "../contracts/index.ts";
import { type Clock, inSpan } from "../platform/index.ts";
import { drawHeatmap, turned } from "./draw-heatmap.ts";
import { resolveProgramme } from "./screen-case.ts";

/** Overlays kept in memory, bytes of PNG; the least recently asked for goes first. */
const heldBytesMax = 32 * 1024 * 1024;

export interface HeatmapDeps {
  readonly programmes: ProgrammeCatalog;
  readonly predictor: Predictor;
  readonly objects: ObjectStore;
  readonly newCaseId: () => string;
  readonly clock: Clock;
  readonly tracer?: Tracer | undefined;
}

export interface Heatmap {
  /** RGBA overlay with the aspect of the upright image. */
  readonly png: Uint8Array;
  /** The label whose evidence is shown. */
  readonly label: string;
  /** The pack that looked. */
  readonly pack: string;
  /** Names these bytes: image, pack and label. */
  readonly key: string;
}

/**
 * Class activation maps of recorded cases: made when first asked for, then kept by image, pack and label. Requests for
 * one map that is being made wait for it together.
 */
export class Heatmaps {
  readonly #deps: HeatmapDeps;
  readonly #held = new Map<string, Uint8Array>();
  readonly #making = new Map<string, Promise<Uint8Array>>();
  #bytes = 0;

  constructor(deps: HeatmapDeps) {
    this.#deps = deps;
  }

  /**
   * @param label default: the one the case was decided for
   * @throws {Problem} field-invalid, heatmap-unavailable, image-gone, image-damaged, and those of `Predictor.predict`
   */
  async of(record: CaseRecord, label: string | undefined, remainingMs: number): Promise<Heatmap> {
    const programme = resolveProgramme(this.#deps.programmes, record.programme);
    const shown = label ?? record.decision.label;
    if (!programme.manifest.labels.includes(shown))
      throw new Problem("field-invalid", { detail: `label: one of ${programme.manifest.labels.join(", ")}` });
    const { fine } = programme;
    const read = record.readings.find(({ reader }) => reader === "fine");
    if (read !== undefined && read.digest !== fine.digest)
      throw new Problem("heatmap-unavailable", {
        detail: `The pack that read this case, ${read.pack}, is no longer loaded.`,
      });
    const key = `${record.image.sha256}-${fine.digest.slice(0, 16)}-${shown}`;
    const png = this.#get(key) ?? (await this.#make(key, record, programme, shown, remainingMs));
    return { png, label: shown, pack: fine.id, key };
  }

  #get(key: string): Uint8Array | undefined {
    const png = this.#held.get(key);
    if (png !== undefined) {
      this.#held.delete(key);
      this.#held.set(key, png);
    }
    return png;
  }

  #make(
    key: string,
    record: CaseRecord,
    programme: Programme,
    label: string,
    remainingMs: number,
  ): Promise<Uint8Array> {
    const running = this.#making.get(key);
    if (running !== undefined) return running;
    const making = this.#explain(record, programme, label, remainingMs)
      .then((png) => {
        this.#keep(key, png);
        return png;
      })
      .finally(() => this.#making.delete(key));
    this.#making.set(key, making);
    return making;
  }

  /** Not tied to one caller's signal: others may wait for the same map. */
  async #explain(record: CaseRecord, programme: Programme, label: string, remainingMs: number): Promise<Uint8Array> {
    const { predictor, objects, newCaseId, tracer } = this.#deps;
    const bytes = await objects.getObject(record.image.sha256);
    if (bytes === undefined) throw new Problem("image-gone");
    const { sha256, mediaType, width, height } = record.image;
    const task = {
      id: newCaseId(),
      packs: [programme.fine.digest],
      image: { bytes, sha256, mediaType, width, height },
      maps: true,
      lane: "interactive" as const,
      remainingMs,
    };
    const { readings } = await inSpan(tracer, "heatmap", {}, (trace) =>
      predictor.predict({ ...task, trace }, new AbortController().signal),
    );
    const map = mapFor(label, programme.manifest, readings[0]?.maps ?? []);
    if (map === undefined)
      throw new Problem("heatmap-unavailable", { detail: "The fine reader has no activation map." });
    return drawHeatmap(map, record.image);
  }

  #keep(key: string, png: Uint8Array): void {
    this.#held.set(key, png);
    this.#bytes += png.byteLength;
    for (const [oldest, { byteLength }] of this.#held) {
      if (this.#bytes <= heldBytesMax) break;
      this.#held.delete(oldest);
      this.#bytes -= byteLength;
    }
  }
}

/**
 * The map of the score that speaks for this label. A label without a score of its own, the first of two labels or the
 * lowest grade, is the opposite of the score that denies it.
 */
function mapFor(
  label: string,
  { task, labels, positive }: ProgrammeManifest,
  maps: readonly ActivationMap[],
): ActivationMap | undefined {
  const at = labels.indexOf(label);
  const [first] = maps;
  if (first === undefined) return undefined;
  if (task === "binary") return positive.includes(label) ? first : turned(first);
  if (task === "grades") return at === 0 ? turned(first) : maps[at - 1];
  return maps[at];
}
