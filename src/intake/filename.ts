const FILENAME_CHARS_MAX = 255;
/** Control characters, line separators, marks that turn the reading direction, halves of characters. */
const unprintable = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Surrogate}]/gu;

/**
 * A client's name for a file as harmless text. Folders in it are kept, because it is only ever shown, never opened.
 * @returns undefined for an empty name
 */
export function cleanFilename(name: string): string | undefined {
  const cleaned = name.slice(0, FILENAME_CHARS_MAX).replace(unprintable, "\uFFFD");
  return cleaned === "" ? undefined : cleaned;
}
