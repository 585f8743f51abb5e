// Starts an engine, says its process id, and waits to be killed.
import { packsToLoad } from "../../dist/main/load-packs.js";
import { createLog } from "../../dist/platform/index.js";
import { readProgrammes } from "../../dist/programmes/index.js";
import { LocalPredictor } from "../../dist/workers/index.js";

const packs = packsToLoad(await readProgrammes(new URL("../../models", import.meta.url).pathname));
const bounds = { workers: 1, queueItemsMax: 8, queueBytesMax: 2 ** 24, queueSecondsMax: 10 };
const predictor = new LocalPredictor({ packs, ...bounds, log: createLog("silent", "owner") });
await predictor.start();
process.send(predictor.pid);
