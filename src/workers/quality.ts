import type { ImageQuality } from "../contracts/image.ts";

/**
 * Measures a decoded network input in one pass.
 * @param pixels RGB, uint8, row-major, `3 * width * height`
 */
export function measureQuality(pixels: Uint8Array, width: number, height: number): ImageQuality {
  const n = width * height;
  const luminance = new Uint8Array(n);
  let sum = 0;
  let squares = 0;
  for (let i = 0, j = 0; i < n; i++, j += 3) {
    // Rec. 601 in 1/256: 0.299, 0.587, 0.114.
    const y = (77 * (pixels[j] as number) + 150 * (pixels[j + 1] as number) + 29 * (pixels[j + 2] as number)) >> 8;
    luminance[i] = y;
    sum += y;
    squares += y * y;
  }
  const mean = sum / n;
  return {
    luminance: mean,
    contrast: Math.sqrt(Math.max(0, squares / n - mean * mean)),
    sharpness: laplacianVariance(luminance, width, height),
  };
}

function laplacianVariance(y: Uint8Array, width: number, height: number): number {
  let sum = 0;
  let squares = 0;
  for (let row = 1; row < height - 1; row++) {
    const end = row * width + width - 1;
    for (let i = row * width + 1; i < end; i++) {
      const around = (y[i - 1] as number) + (y[i + 1] as number) + (y[i - width] as number) + (y[i + width] as number);
      const edge = 4 * (y[i] as number) - around;
      sum += edge;
      squares += edge * edge;
    }
  }
  const n = (width - 2) * (height - 2);
  return squares / n - (sum / n) ** 2;
}
