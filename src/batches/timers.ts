/** Where a worker has its timers from; a simulator has others. Each call returns what ends the timer. */
export interface Timers {
  /** Does not keep the process alive. */
  every(ms: number, run: () => void): () => void;
  after(ms: number, run: () => void): () => void;
}

export const systemTimers: Timers = {
  every: (ms, run) => {
    const timer = setInterval(run, ms);
    timer.unref();
    return () => clearInterval(timer);
  },
  after: (ms, run) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};
