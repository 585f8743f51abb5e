import { Problem } from "../../contracts/index.ts";
import { statusOf } from "../routes/probes.ts";
import type { Serving } from "../serving.ts";
import { type ServedModel, servedModels } from "./served-models.ts";

/**
 * Which models this gateway answers for over the protocol. Unloading takes a model out of this door only: which packs
 * are in memory, and which release serves, is not a caller's to say.
 */
export class ModelRepository {
  readonly #serving: Pick<Serving, "programmes" | "predictor" | "warmUp" | "ready">;
  /** Names of models in service, so bounded by them. */
  readonly #unloaded = new Set<string>();

  constructor(serving: Pick<Serving, "programmes" | "predictor" | "warmUp" | "ready">) {
    this.#serving = serving;
  }

  /** @throws {Problem} model-not-loaded, pack-not-installed */
  checkLoaded({ name, programme }: ServedModel): void {
    if (this.#unloaded.has(name))
      throw new Problem("model-not-loaded", {
        detail: `The model was unloaded; POST /v2/repository/models/${name}/load.`,
      });
    if ("missing" in programme) throw new Problem("pack-not-installed", { detail: programme.missing });
  }

  /**
   * Loads the model's packs where they are not, and says whether it would answer now.
   * @throws {Problem} model-not-loaded, pack-not-installed, engine-not-ready
   */
  async checkReady(model: ServedModel): Promise<void> {
    this.checkLoaded(model);
    const { ready, reason } = this.#serving.ready();
    if (!ready) throw new Problem("engine-not-ready", reason === undefined ? {} : { detail: reason });
    if (!(await this.#serving.warmUp(model.name)))
      throw new Problem("model-not-loaded", { detail: "The packs are being loaded, or cannot be." });
  }

  /** @throws {Problem} as `checkReady` */
  async load(model: ServedModel): Promise<void> {
    const wasUnloaded = this.#unloaded.delete(model.name);
    try {
      await this.checkReady(model);
    } catch (error) {
      if (wasUnloaded) this.#unloaded.add(model.name);
      throw error;
    }
  }

  unload({ name }: ServedModel): void {
    this.#unloaded.add(name);
  }

  /** The state of every model, without loading any. */
  async index(): Promise<{ name: string; version: string; state: "READY" | "UNAVAILABLE"; reason: string }[]> {
    const status = await statusOf(this.#serving);
    return servedModels(this.#serving).map((model) => {
      const reason = this.#absence(model, status?.packs ?? []);
      const { name, version } = model;
      return { name, version, state: reason === undefined ? "READY" : "UNAVAILABLE", reason: reason ?? "" };
    });
  }

  #absence({ name, programme }: ServedModel, loaded: readonly string[]): string | undefined {
    if (this.#unloaded.has(name)) return "unloaded";
    if ("missing" in programme) return programme.missing;
    const isLoaded = [programme.fast, programme.fine].every(({ digest }) => loaded.includes(digest));
    return isLoaded ? undefined : "not loaded yet: it is at its first inference, or by load";
  }
}
