// One of several processes that want to lead, with a duty that writes as often as it can: what it says of each write is
// what the database said. Argument: the database's address.
import { Leadership } from "../../dist/main/leadership.js";
import { createLog, systemClock } from "../../dist/platform/index.js";
import { DatabaseRecords } from "../../dist/store/index.js";

const log = createLog("silent", "test");
const records = new DatabaseRecords({ place: { url: process.argv[2] }, imageDays: 1, clock: systemClock, log });
await records.start();
const say = (what) => process.stdout.write(`${JSON.stringify(what)}\n`);

/** Writes without looking at its own clock first: the fence alone must hold. */
async function write(term) {
  say({ leads: term.token });
  for (let lost = 0; lost < 3; ) {
    // The database ends a transaction whose client stands still; that write is undone and says nothing.
    const names = await records.expire(term).catch(() => null);
    if (names === undefined) lost++;
    if (names !== null) say({ token: term.token, refused: names === undefined });
  }
}

const leadership = new Leadership({
  leases: records.leases,
  role: "monitor",
  holder: String(process.pid),
  duties: [write],
  clock: systemClock,
  log,
});
leadership.start();
process.on("SIGTERM", async () => {
  await leadership.stop();
  await records.close();
  process.exit(0);
});
