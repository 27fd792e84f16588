/** Weights of red, green and blue in 1/65,536 (ITU-R BT.601, 2.5.1), as Pillow's `convert("L")` takes them. */
const RED = 19_595;
const GREEN = 38_470;
const BLUE = 7_471;
const HALF = 0x8000;

/** Brightness of each pixel from 0 to 255; `rgb` has 3 bytes a pixel. */
export function lumaOf(rgb: Uint8Array): Uint8Array {
  const luma = new Uint8Array(rgb.length / 3);
  for (let i = 0, at = 0; i < luma.length; i++, at += 3) {
    luma[i] =
      ((rgb[at] as number) * RED + (rgb[at + 1] as number) * GREEN + (rgb[at + 2] as number) * BLUE + HALF) >> 16;
  }
  return luma;
}
