/** Why no servers can be had here; undefined when they can. */
export function serversMissing(): Promise<string | undefined>;
export function startServers(): Promise<{ readonly env: NodeJS.ProcessEnv; readonly close: () => Promise<void> }>;
