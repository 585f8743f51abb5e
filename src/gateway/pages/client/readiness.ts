import { askReadiness, type Readiness } from "./api.ts";
import { part, say } from "./element.ts";

const pauseFirstMs = 500;
const pauseMaxMs = 5000;
const pauseGrowth = 1.5;

/** Asks the server whether it reads, ever more rarely, until it does; a person sees that something goes on. */
export function watchReadiness(onReady: () => void): () => void {
  const box = part("readiness", HTMLElement);
  const words = part("readiness-words", HTMLElement);
  let asking = false;
  return () => {
    if (asking) return;
    asking = true;
    let pauseMs = pauseFirstMs;
    const ask = async (): Promise<void> => {
      const readiness = await askReadiness();
      if (readiness?.ready === true) {
        asking = false;
        box.hidden = true;
        say(words, "");
        return onReady();
      }
      box.hidden = false;
      say(words, readinessWords(readiness));
      setTimeout(() => void ask(), pauseMs);
      pauseMs = Math.min(pauseMaxMs, pauseMs * pauseGrowth);
    };
    void ask();
  };
}

function readinessWords(readiness: Readiness | undefined): string {
  const wait = "Pictures you add now wait here and go on their way by themselves.";
  if (readiness === undefined) return `The server cannot be reached. ${wait}`;
  const state = readiness.engine?.state;
  if (state === "draining" || state === "stopped") return `The server is being shut down or restarted. ${wait}`;
  if (state === "restarting") return `The readers are being restarted. ${wait}`;
  if (state === "ready")
    return `The server takes no pictures yet: ${readiness.reason ?? "it does not say why"}. ${wait}`;
  return `The readers are getting ready. This takes a few seconds. ${wait}`;
}
