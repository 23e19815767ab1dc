import type { PinChange } from "../../schemas/cli-output.ts";
import type { Sha256 } from "../../schemas/names.ts";
import { shownUri } from "../spec/data-uri.ts";
import { size } from "./size-words.ts";
import { counted } from "./verdict-words.ts";

const MOST_LINES = 48;
const MOST_URI = 1_000;

/**
 * What moved: how much there is now and was before, then a line for each file that is another one; at most fifty lines, the last
 * of which says how many more there are. `rows` of a file, by its digest, where somebody counted them.
 */
export function pinChangeLines(changes: readonly PinChange[], rows: ReadonlyMap<Sha256, number> = new Map()): string[] {
  const moved = changes.filter(({ change }) => change !== "kept");
  const lines = moved.slice(0, MOST_LINES).map((each) => lineOf(each, rows));
  const more = moved.length - lines.length;
  const all = `${inAll(changes.flatMap(({ before }) => before ?? []))} → ${inAll(changes.flatMap(({ now }) => now ?? []))}`;
  return [all, ...lines, ...(more === 0 ? [] : [`… and ${counted(more, "more file")}`])];
}

function inAll(files: readonly NonNullable<PinChange["now"]>[]): string {
  return `${counted(files.length, "file")}, ${size(files.reduce((sum, file) => sum + file.size, 0))}`;
}

function lineOf({ uri, change, before, now }: PinChange, rows: ReadonlyMap<Sha256, number>): string {
  const shown = shownUri(uri).slice(0, MOST_URI);
  const count = now && rows.get(now.sha256);
  const told = count === undefined ? "" : `${counted(count, "row")}, `;
  if (change === "added") return `+ ${shown}: new, ${told}${inShort(now)}`;
  if (change === "gone") return `- ${shown}: gone, it was ${inShort(before)}`;
  return `~ ${shown}: ${inShort(before)} → ${told}${inShort(now)}`;
}

/** A size and the beginning of a digest. */
export function inShort(bytes: PinChange["now"]): string {
  return bytes === undefined ? "" : `${size(bytes.size)}, sha256 ${bytes.sha256.slice(0, 12)}`;
}
