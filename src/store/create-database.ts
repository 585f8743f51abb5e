import { createPGlite } from "./database.ts";

// Makes an empty PGlite database and ends: that takes memory for a moment which only the end of a process gives back.

// Nobody waits for it any more.
process.on("disconnect", () => process.kill(process.pid, "SIGKILL"));
await createPGlite(process.argv[2] as string);
process.disconnect();
