import { Problem } from "../contracts/problems.ts";
import type { Upload } from "./upload.ts";

export type BodyKind = { readonly kind: "multipart"; readonly boundary: string } | { readonly kind: "json" | "raw" };

/** RFC 2046 section 5.1.1 allows 70; some clients go a little further. */
const boundaryParameter = /;\s*boundary=(?:"([^"\r\n]{1,128})"|([^\s;"]{1,128}))\s*(?:;|$)/i;

/**
 * How the body is to be read, from its headers alone. What the image in it is, only its bytes say.
 * @throws {Problem} body-malformed
 */
export function bodyKind(headers: Upload["headers"]): BodyKind {
  const encoding = single(headers["content-encoding"])?.trim().toLowerCase() ?? "identity";
  if (encoding !== "identity" && encoding !== "")
    throw malformedBody("A Content-Encoding is not undone here; please send the bytes as they are.");
  const contentType = single(headers["content-type"])?.trim() ?? "";
  const essence = (contentType.split(";", 1)[0] ?? "").trim().toLowerCase();
  if (essence === "multipart/form-data") {
    const match = boundaryParameter.exec(contentType);
    const boundary = match?.[1] ?? match?.[2];
    if (boundary === undefined) throw malformedBody("The multipart body lacks a usable boundary in its content type.");
    return { kind: "multipart", boundary };
  }
  if (essence === "application/json" || /^application\/[a-z0-9.-]+\+json$/.test(essence)) return { kind: "json" };
  if (essence === "" || essence === "application/octet-stream" || essence.startsWith("image/")) return { kind: "raw" };
  throw malformedBody(
    "Send the image as multipart/form-data, as application/json with base64, or alone as image/* or application/octet-stream.",
  );
}

/** @returns undefined where the length is not known beforehand */
export function contentLength(headers: Upload["headers"]): number | undefined {
  const text = single(headers["content-length"]);
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

export const malformedBody = (detail: string): Problem => new Problem("body-malformed", { detail });

const single = (value: string | string[] | undefined): string | undefined => (Array.isArray(value) ? value[0] : value);
