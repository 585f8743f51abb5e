import type { GatewayContext, Serving } from "./serving.ts";

type Deps = Pick<Serving, "config" | "clock" | "links" | "objects">;

/** Address under which this client reached us, without a slash at its end. */
export function publicUrl({ config }: Pick<Serving, "config">, c: GatewayContext): string {
  if (config.PUBLIC_URL !== undefined) return config.PUBLIC_URL.replace(/\/$/, "");
  const { protocol, host } = new URL(c.req.url);
  return `${protocol}//${host}`;
}

/** A link to one of our own GET routes that needs no key, for a short time. */
export function signedUrl({ config, clock, links }: Deps, c: GatewayContext, path: string, seconds?: number): string {
  const { expires, signature } = links.sign(path, clock.wallMs(), seconds ?? config.LINK_SECONDS);
  return `${publicUrl({ config }, c)}${path}?expires=${expires}&signature=${signature}`;
}

/**
 * A link to a stored image that needs no key: from the object store itself where it can, else to `path` of ours.
 * @param path of a GET route that answers with the image
 */
export async function imageUrl(
  deps: Deps,
  c: GatewayContext,
  image: { readonly sha256: string; readonly mediaType: string },
  path: string,
): Promise<string> {
  const direct = await deps.objects.linkObject?.(image.sha256, image.mediaType, deps.config.LINK_SECONDS);
  return direct ?? signedUrl(deps, c, path);
}
