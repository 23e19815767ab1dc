import { inflateSync } from "node:zlib";
import type { Page } from "playwright-core";

/** The colour of one pixel of what is on the screen. Source: PNG, third edition: eight bits a channel, no interlace. */
export async function pixelOf(page: Page, x: number, y: number): Promise<{ r: number; g: number; b: number }> {
  const png = await page.screenshot({ clip: { x, y, width: 1, height: 1 } });
  const data: Buffer[] = [];
  for (let at = 8; at < png.length; ) {
    const size = png.readUInt32BE(at);
    if (png.toString("latin1", at + 4, at + 8) === "IDAT") data.push(png.subarray(at + 8, at + 8 + size));
    at += size + 12;
  }
  // The first byte names the line's filter, which changes nothing in a line of one pixel.
  const [, r = 0, g = 0, b = 0] = inflateSync(Buffer.concat(data));
  return { r, g, b };
}
