import { expect } from "vitest";

/** One request of a source system's contract and what its clients rely on in the answer. */
export interface Row {
  readonly system: "dr" | "eye" | "hallux" | "chest" | "cataract";
  readonly what: string;
  readonly method?: string;
  /** May use values that earlier rows of the same system kept, as `{name}`. */
  readonly path: string;
  readonly body?: (kept: Kept) => BodyInit;
  readonly headers?: Readonly<Record<string, string>>;
  readonly status: number;
  readonly check?: (body: never, kept: Kept) => void;
  /** Several systems have this path: at the root it belongs to none of them. */
  readonly shared?: true;
  /** Nothing in it says which system is meant: at the root it is refused. */
  readonly ambiguous?: true;
}

export interface Kept {
  readonly image: Blob;
  readonly base64: string;
  readonly values: Map<string, string>;
}

export const share = expect.toSatisfy((n: unknown) => typeof n === "number" && n >= 0 && n <= 1);
export const percent = expect.toSatisfy((n: unknown) => typeof n === "number" && n >= 0 && n <= 100);
export const nakedTime = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?$/);
export const anyString = expect.any(String);
export const anyNumber = expect.any(Number);

export const form =
  (...parts: readonly (readonly [name: string, value: string | "image"])[]) =>
  ({ image, values }: Kept): FormData => {
    const body = new FormData();
    for (const [name, value] of parts)
      if (value === "image") body.append(name, image, "scan.jpg");
      else body.append(name, filled(value, values));
    return body;
  };

export const json =
  (value: object) =>
  ({ base64, values }: Kept): string =>
    filled(JSON.stringify(value), values).replaceAll("{base64}", base64);

export const filled = (text: string, values: ReadonlyMap<string, string>): string =>
  text.replaceAll(/{(\w+)}/g, (whole, name: string) => values.get(name) ?? whole);

export const keep =
  (name: string, key = "id") =>
  (body: Readonly<Record<string, unknown>>, { values }: Kept): void => {
    expect(body[key]).toEqual(anyString);
    values.set(name, String(body[key]));
  };

export const has =
  (shape: object) =>
  (body: unknown): void =>
    expect(body).toMatchObject(shape);

export const all =
  (...checks: ((body: never, kept: Kept) => void)[]) =>
  (body: never, kept: Kept): void => {
    for (const check of checks) check(body, kept);
  };

/** Exactly these keys are promised; more may be there. */
export const keys =
  (...names: readonly string[]) =>
  (body: object): void =>
    expect(Object.keys(body)).toEqual(expect.arrayContaining([...names]));

/** FastAPI's 422, naming the field. */
export const missing = (name: string) =>
  has({
    detail: expect.arrayContaining([
      expect.objectContaining({ type: "missing", loc: expect.arrayContaining([name]), msg: "Field required" }),
    ]),
  });
