/**
 * What one engine found out about inputs that may end processes. Everybody who reads or sends images hears it. It may be
 * lost or repeated.
 */
export interface InputWord {
  /** Which engine says so; another name after each start. */
  readonly by: string;
  /**
   * `suspected`: a process ended while it was reading these, and nothing else. `cleared`: these were suspected, were read,
   * and did no harm. `quarantined`: these end processes.
   */
  readonly kind: "suspected" | "cleared" | "quarantined";
  /** SHA-256 of the image files, at least one. */
  readonly inputs: readonly string[];
}

/** How such words reach the others. */
export interface InputNews {
  tellInputs(word: InputWord): void;
  /** One's own may come back as well. @returns what ends it */
  onInputs(hear: (word: InputWord) => void): () => void;
}
