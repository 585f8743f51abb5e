import { expect, it } from "vitest";
import { Quarantine } from "./quarantine.ts";

it("suspects everyone who was there, and condemns nobody for being there once", () => {
  const quarantine = new Quarantine();
  quarantine.blame(["a", "b"]);
  expect(quarantine.isSuspect("a") && quarantine.isSuspect("b")).toBe(true);
  expect(quarantine.isQuarantined("a")).toBe(false);
});

it("condemns a suspect that was alone when the engine died again", () => {
  const quarantine = new Quarantine();
  quarantine.blame(["a", "b"]);
  quarantine.blame(["a"]);
  expect(quarantine.isQuarantined("a")).toBe(true);
  expect(quarantine.isQuarantined("b")).toBe(false);
});

it("does not condemn what was alone by chance and never suspected", () => {
  const quarantine = new Quarantine();
  quarantine.blame(["a"]);
  expect(quarantine.isQuarantined("a")).toBe(false);
  expect(quarantine.isSuspect("a")).toBe(true);
});

it("clears a suspect that was read", () => {
  const quarantine = new Quarantine();
  quarantine.blame(["a", "b"]);
  quarantine.clear("a");
  quarantine.blame(["a"]);
  expect(quarantine.isQuarantined("a")).toBe(false);
});

it("survives a death in which nothing ran", () => {
  const quarantine = new Quarantine();
  quarantine.blame([]);
  expect(quarantine.isSuspect("")).toBe(false);
});
