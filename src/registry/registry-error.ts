/** Closed: commands and tests match these, never the words. */
export type RegistryFault =
  | "registry-broken"
  | "busy"
  | "registry-too-large"
  | "head-moved"
  | "release-unknown"
  | "release-exists"
  | "transition-illegal"
  | "nothing-to-roll-back-to"
  | "catalogue-invalid"
  | "model-unknown"
  | "conversion-needed"
  | "model-unsupported"
  | "download-refused"
  | "download-failed"
  | "download-stalled"
  | "download-aborted"
  | "size-wrong"
  | "hash-wrong"
  | "onnx-invalid"
  | "onnx-external-data";

/** Why the registry or a model file cannot be used, in words for an operator. */
export class RegistryError extends Error {
  override readonly name = "RegistryError";
  readonly fault: RegistryFault;
  /** 1 for the first line of the event file; only with `registry-broken`. */
  readonly line: number | undefined;

  constructor(
    fault: RegistryFault,
    message: string,
    options: { readonly line?: number; readonly cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.fault = fault;
    this.line = options.line;
  }
}
