import type { InputNews, InputWord } from "../contracts/index.ts";
import type { Bus } from "./bus.ts";
import { inputsSchema, subjects } from "./messages.ts";
import { encodeJson, readJson } from "./wire.ts";

/** Over the bus. What is not understood is not heard. */
export class BusInputs implements InputNews {
  readonly #bus: Pick<Bus, "publish" | "subscribe">;

  constructor(bus: Pick<Bus, "publish" | "subscribe">) {
    this.#bus = bus;
  }

  tellInputs(word: InputWord): void {
    this.#bus.publish(subjects.inputs, encodeJson(word));
  }

  onInputs(hear: (word: InputWord) => void): () => void {
    return this.#bus.subscribe(subjects.inputs, ({ payload }) => {
      const word = readJson(payload, inputsSchema);
      if (word !== undefined) hear(word);
    });
  }
}
