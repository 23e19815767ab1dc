import { formatNumber } from "../gates/number-words.ts";

/** Bytes as people say them, to three digits: `312 MB`. */
export function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  const units = ["kB", "MB", "GB", "TB"];
  // Rounded before the unit is chosen: 999,999 bytes are 1 MB.
  const rounded = Number(bytes.toPrecision(3));
  const power = Math.min(Math.floor(Math.log10(rounded) / 3), units.length);
  return `${formatNumber(Number((rounded / 1000 ** power).toPrecision(3)))} ${units[power - 1]}`;
}
