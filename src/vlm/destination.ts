import { type Config, ConfigError, isLoopback } from "../platform/index.ts";

/** What the configuration says about the model server, once VLM_URL is known to be set. */
export type VisionLanguageSettings = Pick<Config, "VLM_MODEL" | "VLM_API_KEY" | "VLM_EXTERNAL" | "VLM_TIMEOUT_MS"> & {
  readonly VLM_URL: string;
};

/** Where images go. */
export interface Destination {
  /** Without a slash at its end, e.g. `http://127.0.0.1:8080/v1`. */
  readonly url: string;
  /** Host and port as the audit log may show them. */
  readonly host: string;
  /** True when the host is not this machine. */
  readonly external: boolean;
  readonly apiKey: string | undefined;
}

/**
 * @throws {ConfigError} naming VLM_EXTERNAL when images would leave this machine without having been allowed to, and
 *   VLM_URL or VLM_API_KEY when they cannot be used as they are
 */
export function destinationOf(settings: VisionLanguageSettings): Destination {
  const url = new URL(settings.VLM_URL);
  const external = !isLoopback(url.hostname);
  if (external && !settings.VLM_EXTERNAL)
    throw refused("VLM_EXTERNAL", `VLM_URL is not on this machine: images leave for ${url.host} only with this on`);
  // A name or key in the address would be shown wherever the address is; a query would be lost behind the path.
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "")
    throw refused("VLM_URL", "an address without user, password, query and fragment; a key goes into VLM_API_KEY");
  if (settings.VLM_API_KEY !== undefined && !/^[\x21-\x7e]+$/.test(settings.VLM_API_KEY))
    throw refused("VLM_API_KEY", "printable ASCII without spaces");
  return {
    url: `${url.origin}${url.pathname.replace(/\/+$/, "")}`,
    host: url.host,
    external,
    apiKey: settings.VLM_API_KEY,
  };
}

const refused = (key: string, message: string): ConfigError => new ConfigError([{ key, message }]);
