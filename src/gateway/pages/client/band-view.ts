import type { CaseRecord } from "../../../contracts/decision.ts";
import { type BandBar, bandBars, type Zone, zoneOf } from "./band-geometry.ts";
import { drawing, element } from "./element.ts";
import { type ProgrammeInfo, percent } from "./result-words.ts";

const barTop = 18;
const barHeight = 20;
const height = 70;
/** Names above the bar, the marker in and under it, the axis below: nothing is ever written over anything. */
const nameLine = barTop - 5;
const arrowTop = barTop + barHeight + 1;
/** A name is written over its zone only where it fits. */
const nameShareMin = 0.15;
const zoneNames: Readonly<Record<Zone, string>> = { negative: "no sign", uncertain: "uncertain", positive: "signs" };
const titles = { fast: "Fast reader", both: "Both readers together" } as const;

const share = (value: number): string => `${(value * 100).toFixed(2)}%`;

/** Each score of a case on its bar: which side of the uncertain zone it lies on, and how far from the middle. */
export function bandView(record: CaseRecord, programme: ProgrammeInfo): HTMLElement {
  return element("div", { class: "bands" }, ...bandBars(record, programme).map(barView));
}

function barView(bar: BandBar): HTMLElement {
  const zone = zoneOf(bar);
  const told = `${titles[bar.what]}: ${percent(bar.score)}, ${zoneNames[zone]}. No sign up to ${percent(bar.low)}, signs from ${percent(bar.high)}, uncertain between.`;
  const picture = drawing(
    "svg",
    { class: "band", role: "img", "aria-label": told, width: "100%", height: String(height) },
    ...zoneShapes("negative", 0, bar.low),
    ...zoneShapes("uncertain", bar.low, bar.high),
    ...zoneShapes("positive", bar.high, 1),
    ...[bar.low, bar.high].map((at) => tick(at, percentShort(at))),
    drawing("text", { x: "0", y: String(height - 4), class: "axis" }, "0 %"),
    drawing("text", { x: "100%", y: String(height - 4), class: "axis end" }, "100 %"),
    marker(bar),
  );
  const score = element("strong", {}, percent(bar.score));
  return element("figure", {}, element("figcaption", {}, `${titles[bar.what]}: `, score), picture);
}

function zoneShapes(zone: Zone, from: number, to: number): SVGElement[] {
  const width = Math.max(0, to - from);
  const box = { x: share(from), y: String(barTop), width: share(width), height: String(barHeight) };
  const name = drawing(
    "text",
    { x: share(from + width / 2), y: String(nameLine), class: "zone-name" },
    zoneNames[zone],
  );
  return [drawing("rect", { ...box, class: `zone ${zone}` }), ...(width >= nameShareMin ? [name] : [])];
}

/** A threshold with its value; one too close to an end of the axis would be written over it. */
function tick(at: number, words: string): SVGElement {
  const line = drawing("line", {
    x1: share(at),
    x2: share(at),
    y1: String(barTop),
    y2: String(barTop + barHeight + 4),
    class: "tick",
  });
  const text = drawing("text", { x: share(at), y: String(height - 4), class: "axis middle" }, words);
  return drawing("g", {}, line, ...(at > 0.12 && at < 0.86 ? [text] : []));
}

/** An arrow up to the bar, and a line through it: told from the ticks by its shape, not by its colour. */
function marker({ score }: BandBar): SVGElement {
  const inner = drawing(
    "g",
    {},
    drawing("path", { d: `M0 ${barTop - 2}V${arrowTop + 2}`, class: "stem" }),
    drawing("path", { d: `M-8 ${arrowTop + 12}H8L0 ${arrowTop}Z` }),
  );
  const x = share(Math.min(0.995, Math.max(0.005, score)));
  return drawing("svg", { x, class: "marker", overflow: "visible" }, inner);
}

const percentShort = (value: number): string => `${Math.round(value * 100)} %`;
