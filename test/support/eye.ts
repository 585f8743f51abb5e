import { drawnSvg } from "./drawn-svg.ts";

/**
 * A drawn eye, for tests that need an image of the right kind but no particular answer: skin, white, iris, pupil and
 * a highlight, with grain so that it compresses like a photograph.
 *
 * @param seed other values give other eyes
 */
export async function drawEye(seed = 1, width = 640, height = 480): Promise<Buffer> {
  let state = seed * 2654435761;
  const random = () => {
    state = (state ^ (state << 13)) >>> 0;
    state = (state ^ (state >>> 17)) >>> 0;
    state = (state ^ (state << 5)) >>> 0;
    return state / 2 ** 32;
  };
  const hue = 20 + Math.floor(random() * 200);
  const x = width * (0.45 + random() * 0.1);
  const y = height * (0.45 + random() * 0.1);
  const r = height * (0.18 + random() * 0.06);
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
    <rect width="100%" height="100%" fill="hsl(22,45%,${55 + Math.floor(random() * 15)}%)"/>
    <ellipse cx="${x}" cy="${y}" rx="${r * 2.1}" ry="${r * 1.15}" fill="#f3eee9"/>
    <circle cx="${x}" cy="${y}" r="${r}" fill="hsl(${hue},45%,35%)"/>
    <circle cx="${x}" cy="${y}" r="${r * 0.45}" fill="#101010"/>
    <circle cx="${x + r * 0.3}" cy="${y - r * 0.3}" r="${r * 0.12}" fill="#fff"/></svg>`;
  const grain = Buffer.alloc(width * height * 3);
  for (let i = 0; i < grain.length; i++) grain[i] = Math.floor(random() * 24);
  const raw = { width, height, channels: 3 } as const;
  return drawnSvg(svg, (drawn) =>
    drawn
      .composite([{ input: grain, raw, blend: "add" }])
      .jpeg({ quality: 90 })
      .toBuffer(),
  );
}
