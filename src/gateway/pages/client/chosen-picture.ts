import { button, element, part } from "./element.ts";
import { listenForFiles } from "./file-entry.ts";

export interface ChosenPicture {
  readonly file: () => File | undefined;
  readonly clear: () => void;
}

export interface ChosenPictureOptions {
  readonly imageBytesMax: number;
  /** What stops a picture from being taken, in words; empty when one was. */
  readonly onWords: (words: string) => void;
  readonly onChoice: (file: File) => void;
  /** What can be done with it besides leaving it. */
  readonly actions?: readonly HTMLElement[];
}

/** One picture that was dropped, chosen or pasted and waits to be sent. */
export function chosenPicture({ imageBytesMax, onWords, onChoice, actions = [] }: ChosenPictureOptions): ChosenPicture {
  const place = part("chosen", HTMLElement);
  let file: File | undefined;
  let url: string | undefined;
  const clear = (): void => {
    if (url !== undefined) URL.revokeObjectURL(url);
    file = undefined;
    url = undefined;
    place.hidden = true;
    place.replaceChildren();
  };
  const leave = (): void => {
    clear();
    part("files", HTMLInputElement).focus();
  };
  listenForFiles((files, folders) => {
    const first = files[0];
    if (first === undefined) return onWords(folders > 0 ? "Folders are not opened here: drop the picture itself." : "");
    if (first.size === 0) return onWords("This file is empty. Copy it from the camera again.");
    if (first.size > imageBytesMax)
      return onWords("This file is too large. Export the picture again at a smaller size.");
    onWords(files.length > 1 ? "One picture at a time: the first one was taken." : "");
    clear();
    file = first;
    url = URL.createObjectURL(first);
    const image = element("img", { src: url, alt: "The picture that was chosen" });
    image.addEventListener("error", () => image.replaceWith(element("span", {}, "No preview in this browser")), {
      once: true,
    });
    place.replaceChildren(image, ...actions, button("Not this picture", leave, { class: "quiet" }));
    place.hidden = false;
    onChoice(first);
  });
  return { file: () => file, clear };
}
