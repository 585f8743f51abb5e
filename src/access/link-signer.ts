import { createHmac, timingSafeEqual } from "node:crypto";

/** What a signed link adds to its path. */
export interface LinkParameters {
  /** Unix time in seconds after which the link is refused. */
  readonly expires: string;
  readonly signature: string;
}

/**
 * Signs paths, so that an image can be opened for a short time by someone who holds the link and no key. Changing the
 * secret makes every link invalid at once.
 */
export class LinkSigner {
  readonly #secret: string;

  /** @param secret at least 32 characters */
  constructor(secret: string) {
    if (secret.length < 32) throw new TypeError("a link secret has at least 32 characters");
    this.#secret = secret;
  }

  /** @param nowMs,seconds wall-clock time in ms, and how long the link is to live */
  sign(path: string, nowMs: number, seconds: number): LinkParameters {
    const expires = String(Math.floor(nowMs / 1000) + seconds);
    return { expires, signature: this.#signature(path, expires).toString("base64url") };
  }

  /** False for another path, another signature, or a time that is over. */
  verify(path: string, nowMs: number, { expires, signature }: LinkParameters): boolean {
    const given = Buffer.from(signature, "base64url");
    const expected = this.#signature(path, expires);
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return false;
    return /^\d{1,12}$/.test(expires) && Number(expires) * 1000 > nowMs;
  }

  #signature(path: string, expires: string): Buffer {
    return createHmac("sha256", this.#secret).update(`GET\n${path}\n${expires}`).digest();
  }
}
