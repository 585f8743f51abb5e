// The real engine, to which every network is worth a second copy: only tests start this program.
import { runEngine } from "../../dist/workers/engine.js";

runEngine(new URL("../../dist/workers/infer.worker.js", import.meta.url), 0);
