import { apiKey } from "./api.ts";
import { part, say } from "./element.ts";

/** Asks for the key. It is forgotten when the tab is closed, and never written anywhere else. */
export function keyDialog(onKey: () => void): { ask: () => void; done: () => void } {
  const dialog = part("key-dialog", HTMLDialogElement);
  const field = part("key", HTMLInputElement);
  const words = part("key-words", HTMLElement);
  const banner = part("key-needed", HTMLElement);
  let tried = false;
  const open = (): void => {
    if (!dialog.open) dialog.showModal();
    field.value = "";
    field.focus();
  };
  dialog.querySelector("form")?.addEventListener("submit", (event) => {
    event.preventDefault();
    const key = field.value.trim();
    // A header carries visible ASCII; anything else could not be sent, let alone be right.
    if (!/^[\x21-\x7e]+$/.test(key)) return say(words, "A key has only letters, digits and signs, and no spaces.");
    apiKey.set(key);
    tried = true;
    field.value = "";
    dialog.close();
    onKey();
  });
  dialog.querySelector("form button[type=button]")?.addEventListener("click", () => dialog.close());
  banner.querySelector("button")?.addEventListener("click", open);
  return {
    ask: () => {
      apiKey.forget();
      if (tried) say(words, "That key is not accepted. Check it and enter it again.");
      tried = false;
      banner.hidden = false;
      open();
    },
    done: () => {
      banner.hidden = true;
    },
  };
}
