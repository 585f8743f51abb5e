import { runEngine } from "../workers/engine.ts";

runEngine(new URL("../workers/infer.worker.js", import.meta.url));
