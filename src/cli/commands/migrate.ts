import { defineCommand } from "citty";
import { migrateRecords } from "../../main/index.ts";
import { configured } from "../configured.ts";
import { reportUnavailable } from "../unavailable.ts";

export const migrate = defineCommand({
  meta: {
    name: "migrate",
    description: "Bring the database forward to this version. A server does so itself when it starts.",
  },
  run: async () => {
    const config = configured();
    if (config === undefined) return;
    try {
      await migrateRecords(config);
      process.stdout.write("The database is at this version.\n");
    } catch (error) {
      reportUnavailable("migrate", error);
    }
  },
});
