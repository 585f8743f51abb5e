import { defineCommand } from "citty";
import { startNode } from "../../main/index.ts";
import { ConfigError } from "../../platform/index.ts";
import { configured } from "../configured.ts";
import { exitCodes } from "../exit-codes.ts";

export const node = defineCommand({
  meta: {
    name: "node",
    description:
      "Read images for servers on the same NATS. Settings come from the environment (NATS_URL, NODE_NAME, ...).",
  },
  run: async () => {
    const config = configured();
    if (config === undefined) return;
    try {
      const running = await startNode(config);
      const stop = (): void => void running.shutDown().catch(() => process.exit(exitCodes.unavailable));
      process.on("SIGTERM", stop);
      process.once("SIGINT", stop);
    } catch (error) {
      process.stderr.write(`fovea cannot start: ${error instanceof Error ? error.message : String(error)}\n`);
      process.exitCode = error instanceof ConfigError ? exitCodes.config : exitCodes.unavailable;
    }
  },
});
