import { formatNumber } from "../gates/number-words.ts";

/** Bytes as people say them, to three digits: `312 MB`. */
export function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  const units = ["kB", "MB", "GB"];
  const power = Math.min(Math.floor(Math.log10(bytes) / 3), units.length);
  return `${formatNumber(Number((bytes / 1000 ** power).toPrecision(3)))} ${units[power - 1]}`;
}
