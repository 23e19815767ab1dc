import { stripVTControlCharacters } from "node:util";

// C0 but for tab and line feed, DEL, C1; then what reorders or hides text (bidi controls, line separators, BOM).
const CONTROLS = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/gu;
// biome-ignore lint/suspicious/noControlCharactersInRegex: a colour is a control sequence
const COLOR = /(\u001b\[[0-9;]*m)/u;

/**
 * Text from users' files, made safe for a terminal: escape sequences and control characters go,
 * so it can neither move the cursor, set the title, nor pretend to be other text. Lines and tabs stay.
 */
export function plainText(text: string): string {
  return stripVTControlCharacters(text.replace(/\r\n?/g, "\n")).replace(CONTROLS, (found) =>
    found === "\n" || found === "\t" ? found : "",
  );
}

/** As `plainText`, on one line: line ends and tabs become spaces. */
export function plainLine(text: string): string {
  return plainText(text).replace(/[\n\t]+/g, " ");
}

/**
 * Our own text as it goes to a stream: colours pass, and all other escape sequences, which a value may hold, are
 * removed.
 */
export function onlyColors(text: string): string {
  return text
    .split(COLOR)
    .map((part, index) => (index % 2 === 1 ? part : plainText(part)))
    .join("");
}
