import { encode } from "fast-png";
import type { ActivationMap } from "../contracts/index.ts";

/** Longest side of the overlay, pixels: the map behind it has 7 by 7 cells, so more would only be larger. */
const sideMax = 256;
/** Strongest evidence covers this share of the image behind it. */
const alphaMax = 220;

/**
 * Colours from weak to strong evidence, RGB: anchors of matplotlib's "inferno", which grows evenly in lightness, so that
 * it also reads in grey and for people who see no red or green. Its dark end is left out: there the overlay is clear.
 */
const ramp: readonly (readonly [number, number, number])[] = [
  [87, 16, 110],
  [188, 55, 84],
  [249, 142, 9],
  [252, 255, 164],
];

/** The map for the other label: what speaks for one speaks against the other. */
export const turned = (map: ActivationMap): ActivationMap => ({ ...map, values: map.values.map((value) => -value) });

/**
 * Draws an activation map as an RGBA overlay with the aspect of the upright image. Only evidence for the label is
 * shown, scaled by its own maximum; a map without any gives a clear overlay.
 *
 * @param image width and height of the upright image, pixels
 */
export function drawHeatmap(
  map: ActivationMap,
  image: { readonly width: number; readonly height: number },
): Uint8Array {
  const scale = Math.min(1, sideMax / Math.max(image.width, image.height));
  const width = Math.max(1, Math.round(image.width * scale));
  const height = Math.max(1, Math.round(image.height * scale));
  const data = new Uint8Array(width * height * 4);
  const max = Math.max(0, ...map.values);
  if (max > 0)
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) {
        const strength = Math.max(0, sample(map, (x + 0.5) / width, (y + 0.5) / height)) / max;
        paint(data, 4 * (y * width + x), strength);
      }
  return encode({ width, height, data, channels: 4, depth: 8 });
}

/** Bilinear between the centres of the cells; beyond the outer ones the map goes on evenly. @param u,v in [0, 1] */
function sample({ width, height, values }: ActivationMap, u: number, v: number): number {
  const x = Math.min(Math.max(u * width - 0.5, 0), width - 1);
  const y = Math.min(Math.max(v * height - 0.5, 0), height - 1);
  const [left, top] = [Math.floor(x), Math.floor(y)];
  const [right, bottom] = [Math.min(left + 1, width - 1), Math.min(top + 1, height - 1)];
  const [fx, fy] = [x - left, y - top];
  const at = (column: number, row: number): number => values[row * width + column] as number;
  const upper = at(left, top) * (1 - fx) + at(right, top) * fx;
  const lower = at(left, bottom) * (1 - fx) + at(right, bottom) * fx;
  return upper * (1 - fy) + lower * fy;
}

/** @param strength in [0, 1]; 0 stays clear */
function paint(data: Uint8Array, offset: number, strength: number): void {
  if (strength <= 0) return;
  const place = strength * (ramp.length - 1);
  const index = Math.min(Math.floor(place), ramp.length - 2);
  const [from, to] = [ramp[index] as (typeof ramp)[number], ramp[index + 1] as (typeof ramp)[number]];
  for (let channel = 0; channel < 3; channel++) {
    const [a, b] = [from[channel] as number, to[channel] as number];
    data[offset + channel] = Math.round(a + (b - a) * (place - index));
  }
  data[offset + 3] = Math.round(alphaMax * Math.sqrt(strength));
}
