/** One labelled image of a data set on disk. */
export interface LabelledImage {
  readonly path: string;
  /** Path inside the data set, for people. */
  readonly name: string;
  /** Hex SHA-256 of the file. */
  readonly sha256: string;
  /** Indices into the question's labels; one but for findings, where there may be several. */
  readonly labels: readonly number[];
  /** Split as the data set says, e.g. train, val, test; empty when it says nothing. */
  readonly split: string;
  /** Images of one group (a patient, or copies of one photograph) never come apart. */
  readonly group: string;
  /** Which of several data sets. */
  readonly set: string;
}

export interface Dataset {
  /** Sorted by digest, so that the order on disk changes nothing. */
  readonly images: readonly LabelledImage[];
  /** Images left out because their label belongs to no label of the programme: label to count. */
  readonly otherLabels: Readonly<Record<string, number>>;
  /** Rows that name a file which is not there, and files that repeat another byte for byte under another label. */
  readonly refused: readonly { readonly name: string; readonly reason: string }[];
  /** Byte-equal copies left out; each kept once. */
  readonly copies: number;
  /** How the labels were given. */
  readonly layout: "manifest" | "labels" | "folders";
}

/** The data set cannot be read; the message is for the person who named it. */
export class DatasetError extends Error {
  override readonly name = "DatasetError";
}
