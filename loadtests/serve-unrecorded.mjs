// A server that keeps no records, to measure what keeping them costs. KEEP=images keeps the images all the same.
import { join } from "node:path";
import { startGateway } from "../dist/main/index.js";
import { readConfig } from "../dist/platform/index.js";
import { FileObjects } from "../dist/store/index.js";

// Who waits for a second look needs a record, so nobody does.
const config = { ...readConfig(), SECOND_LOOKS: "off" };
const nothing = async () => undefined;
const unkept = { putObject: nothing, getObject: nothing };
const objects = process.env.KEEP === "images" ? await FileObjects.open(join(config.DATA_DIR, "objects")) : unkept;
// Nobody asks for people or batches here; the worker of batches finds nothing to do.
const none = async () => [];
const batches = { leaseItems: none, renewLeases: none, dueWebhooks: none, forgetBatches: async () => false };
const leases = { takeLease: nothing, standingLeases: none };
const queueOrders = { queueOrders: none };
const secondLooks = { leaseSecondLooks: none, countPending: async () => 0 };
const cases = {
  batches,
  leases,
  queueOrders,
  secondLooks,
  recordCase: async (record) => record,
  findClaimed: nothing,
  getCase: nothing,
  listCases: async () => ({ cases: [] }),
  recordAccess: nothing,
  verifyAudit: async () => ({ intact: true, entries: 0, head: "" }),
};
const gateway = await startGateway(config, async () => ({
  cases,
  persons: {},
  objects,
  opened: Promise.resolve(),
  failure: () => undefined,
  close: nothing,
}));
process.on("SIGTERM", () => void gateway.shutDown());
