import type { PinChange } from "../../schemas/cli-output.ts";
import { shownUri } from "../spec/data-uri.ts";
import { size } from "./size-words.ts";
import { counted } from "./verdict-words.ts";

const MOST_LINES = 49;
const MOST_URI = 1_000;

/** What moved, a line for each file that did: at most fifty, the last of which says how many more there are. */
export function pinChangeLines(changes: readonly PinChange[]): string[] {
  const moved = changes.filter(({ change }) => change !== "kept");
  const lines = moved.slice(0, MOST_LINES).map(lineOf);
  const more = moved.length - lines.length;
  return more === 0 ? lines : [...lines, `… and ${counted(more, "more file")}`];
}

function lineOf({ uri, change, before, now }: PinChange): string {
  const shown = shownUri(uri).slice(0, MOST_URI);
  if (change === "added") return `+ ${shown}: new, ${inShort(now)}`;
  if (change === "gone") return `- ${shown}: gone, it was ${inShort(before)}`;
  return `~ ${shown}: ${inShort(before)} → ${inShort(now)}`;
}

/** A size and the beginning of a digest. */
export function inShort(bytes: PinChange["now"]): string {
  return bytes === undefined ? "" : `${size(bytes.size)}, sha256 ${bytes.sha256.slice(0, 12)}`;
}
