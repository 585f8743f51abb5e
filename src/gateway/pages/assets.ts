import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { Problem } from "../../contracts/index.ts";
import type { GatewayContext } from "../serving.ts";
import { darkStyle } from "./dark-style.ts";
import { opsStyle } from "./ops-style.ts";
import { peopleStyle } from "./people-style.ts";
import { screenStyle } from "./screen-style.ts";
import { pageStyle } from "./styles.ts";

interface Asset {
  readonly mediaType: string;
  readonly text: string;
  /** Strong, quoted. */
  readonly etag: string;
}

const css = "text/css; charset=utf-8";
const script = "text/javascript; charset=utf-8";
const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><path d="M2 16Q16 3 30 16Q16 29 2 16Z" fill="#0b5394"/>
<circle cx="16" cy="16" r="7" fill="#fff"/><circle cx="16" cy="16" r="3.2" fill="#0b5394"/></svg>
`;

/** The compiled program of the page lies beside this file; the sources of a unit test hold none. */
const clientFolder = new URL("./client/", import.meta.url);

let assets: Promise<ReadonlyMap<string, Asset>> | undefined;

/**
 * What the pages load. Names are looked up in a list that was read once: a name from a path never reaches the file
 * system. Every use asks again whether the file is still the same, so that no two versions ever meet in one page.
 * @throws {Problem} route-not-found
 */
export async function pageAsset(c: GatewayContext, name: string): Promise<Response> {
  assets ??= readAssets();
  const asset = (await assets).get(name);
  if (asset === undefined) throw new Problem("route-not-found");
  c.header("ETag", asset.etag);
  c.header("Cache-Control", "private, no-cache");
  if (c.req.header("if-none-match")?.includes(asset.etag)) return c.body(null, 304);
  c.header("Content-Type", asset.mediaType);
  return c.body(asset.text);
}

async function readAssets(): Promise<ReadonlyMap<string, Asset>> {
  const names = (await readdir(clientFolder)).filter((name) => name.endsWith(".js"));
  const scripts = names.map(
    async (name) => [name, asset(script, await readFile(new URL(name, clientFolder), "utf8"))] as const,
  );
  return new Map([
    ["page.css", asset(css, pageStyle)],
    ["dark.css", asset(css, darkStyle)],
    ["screen.css", asset(css, screenStyle)],
    ["people.css", asset(css, peopleStyle)],
    ["ops.css", asset(css, opsStyle)],
    ["icon.svg", asset("image/svg+xml", icon)],
    ...(await Promise.all(scripts)),
  ]);
}

function asset(mediaType: string, text: string): Asset {
  return { mediaType, text, etag: `"${createHash("sha256").update(text).digest("base64url").slice(0, 27)}"` };
}
