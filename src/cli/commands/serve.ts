import { defineCommand } from "citty";
import { startGateway } from "../../main/index.ts";
import { configured } from "../configured.ts";
import { exitCodes } from "../exit-codes.ts";

export const serve = defineCommand({
  meta: {
    name: "serve",
    description: "Start the server. Settings come from the environment (HOST, PORT, DATA_DIR, ...); see README.md.",
  },
  run: async () => {
    const config = configured();
    if (config === undefined) return;
    try {
      const gateway = await startGateway(config);
      const stop = (): void =>
        void gateway.shutDown().catch((error: unknown) => {
          gateway.log.error({ err: error }, "what was open could not be ended in order");
          process.exit(exitCodes.unavailable);
        });
      process.on("SIGTERM", stop);
      // A second Ctrl-C does not wait for what was accepted.
      process.once("SIGINT", stop);
      await gateway.warm.catch(async () => {
        process.exitCode = exitCodes.unavailable;
        await gateway.shutDown();
      });
      if (process.exitCode === undefined && process.stderr.isTTY)
        process.stderr.write(`Fovea is ready: http://${config.HOST}:${gateway.port}/  (API pages at /docs)\n`);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      const hint =
        code === "EADDRINUSE" ? `port ${config.PORT} is taken: set PORT, or stop the other server` : String(error);
      process.stderr.write(`fovea cannot start: ${hint}\nfovea doctor tells more.\n`);
      process.exitCode = exitCodes.unavailable;
    }
  },
});
