/**
 * The same errand, never twice at once: what is asked for while it runs is done once more after it, however often it
 * was asked.
 */
export function oneAtATime(errand: () => Promise<void>): () => void {
  let running = false;
  let again = false;
  const run = async (): Promise<void> => {
    running = true;
    try {
      do {
        again = false;
        await errand();
      } while (again);
    } finally {
      running = false;
    }
  };
  return () => {
    if (running) again = true;
    else void run();
  };
}
