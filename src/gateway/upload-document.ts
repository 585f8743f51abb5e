import type { RouteConfig } from "@hono/zod-openapi";
import { z } from "@hono/zod-openapi";
import { imageMediaTypes } from "../contracts/index.ts";

type Body = NonNullable<NonNullable<RouteConfig["request"]>["body"]>;

export const binary = { type: "string" as const, format: "binary" };
const part = z.string().openapi({ format: "binary" });
const base64 = z.string().openapi({ description: "Base64, plain or as a data URL" });

/**
 * The three ways to send one image: as it is, as a form, as JSON. Documented only: intake reads the bytes.
 * @param name of the field that holds the image
 */
export function imageBody(fields: z.ZodObject, name: "image" | "file" = "image"): Body {
  return {
    required: true,
    content: {
      "multipart/form-data": { schema: z.object({ [name]: part, ...fields.shape }) },
      "application/json": { schema: z.object({ [name]: base64, ...fields.shape }) },
      ...Object.fromEntries(
        [...imageMediaTypes, "application/octet-stream"].map((mediaType) => [mediaType, { schema: binary }]),
      ),
    },
  };
}
