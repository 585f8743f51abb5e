// The real engine with a thread entry that obeys orders hidden in an image: only tests start this program.
import { runEngine } from "../../dist/workers/engine.js";

runEngine(new URL("./faulty.worker.mjs", import.meta.url));
