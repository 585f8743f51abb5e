import { Readable } from "node:stream";

export interface FormPart {
  readonly name?: string;
  readonly filename?: string;
  readonly type?: string;
  readonly body: Buffer | string;
  /** Instead of the headers made from the above. */
  readonly headers?: string;
}

export const boundary = "XbOuNdArYX";

/** A multipart body as bytes, so that tests can cut, repeat and damage it. */
export function form(parts: readonly FormPart[], end = `--${boundary}--\r\n`): Buffer {
  const chunks = parts.flatMap(({ name, filename, type, body, headers }) => {
    const disposition = [
      "Content-Disposition: form-data",
      ...(name === undefined ? [] : [`name="${name}"`]),
      ...(filename === undefined ? [] : [`filename="${filename}"`]),
    ].join("; ");
    const head = headers ?? `${disposition}\r\n${type === undefined ? "" : `Content-Type: ${type}\r\n`}`;
    return [Buffer.from(`--${boundary}\r\n${head}\r\n`), Buffer.from(body as string), Buffer.from("\r\n")];
  });
  return Buffer.concat([...chunks, Buffer.from(end)]);
}

/** A request as a server sees one; its length is declared unless the body is given in chunks. */
export function upload(body: Buffer | readonly Buffer[], contentType = `multipart/form-data; boundary=${boundary}`) {
  const isWhole = Buffer.isBuffer(body);
  return {
    headers: { "content-type": contentType, ...(isWhole ? { "content-length": String(body.length) } : {}) },
    body: Readable.from(isWhole ? [body] : body, { objectMode: false }),
  };
}
