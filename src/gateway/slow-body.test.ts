import { EventEmitter } from "node:events";
import type { IncomingMessage } from "node:http";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { bodyBytesPerSecondMin, bodyGraceMs, bodyMsMax, limitBodyTime } from "./slow-body.ts";

interface Body {
  complete: boolean;
  readableLength: number;
  paused: boolean;
  readonly socket: { bytesRead: number };
}

function watched(): { body: Body; late: ReturnType<typeof vi.fn>; stop: () => void } {
  const body = Object.assign(new EventEmitter(), {
    complete: false,
    readableLength: 0,
    paused: false,
    isPaused: () => body.paused,
    socket: { bytesRead: 500 },
  });
  const late = vi.fn();
  return { body, late, stop: limitBodyTime(body as unknown as IncomingMessage, late) };
}

const seconds = (count: number, each: () => void = () => undefined) => {
  for (let i = 0; i < count; i++) {
    each();
    vi.advanceTimersByTime(1000);
  }
};
const graceS = bodyGraceMs / 1000;

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  expect(vi.getTimerCount(), "no watch is left behind").toBe(0);
  vi.useRealTimers();
});

describe("the watch on a body", () => {
  it("reports a silent client once, after the grace", () => {
    const { late } = watched();
    seconds(graceS);
    expect(late).not.toHaveBeenCalled();
    seconds(5);
    expect(late).toHaveBeenCalledTimes(1);
  });

  it("reports a client that drips", () => {
    const { body, late } = watched();
    seconds(graceS + 2, () => {
      body.socket.bytesRead += 100;
    });
    expect(late).toHaveBeenCalledTimes(1);
  });

  it("lets a slow client go on for as long as it keeps the rate", () => {
    const { body, late, stop } = watched();
    seconds(600, () => {
      body.socket.bytesRead += bodyBytesPerSecondMin;
    });
    expect(late).not.toHaveBeenCalled();
    stop();
  });

  it("does not count the time in which we hold the client back", () => {
    const { body, late, stop } = watched();
    body.paused = true;
    seconds(100);
    body.paused = false;
    body.readableLength = 1;
    seconds(100);
    expect(late).not.toHaveBeenCalled();
    stop();
  });

  it("ends by itself when the body is complete", () => {
    const { body, late } = watched();
    body.complete = true;
    seconds(100);
    expect(late).not.toHaveBeenCalled();
  });

  it("gives 32 MiB more than an hour and never less than the grace", () => {
    expect(bodyMsMax(0)).toBe(bodyGraceMs);
    expect(bodyMsMax(32 * 1024 * 1024)).toBeGreaterThan(3_600_000);
  });
});
