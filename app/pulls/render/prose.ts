import { escapeMarkdown, visibleText } from "../../../core/report/escape-text.ts";

/**
 * A sentence of core's as Markdown: text between backticks is shown as code, and all else is escaped. If the
 * backticks are not in pairs, some of them are a user's own: then all are escaped. So they are where nothing is between two: that
 * is shown as nothing, and what is escaped on either side would become one word.
 */
export function prose(text: string, max = 1_000): string {
  const parts = visibleText(text, max).split("`");
  const isBlank = (part: string, at: number) => at % 2 === 1 && part.trim() === "";
  if (parts.length % 2 === 0 || parts.some(isBlank)) return escapeMarkdown(text, max);
  return parts.map((part, at) => (at % 2 === 0 ? escapePart(part) : code(part))).join("");
}

/**
 * What people type, as GitHub shows code: nothing in it means anything, and what is copied from it is what was meant.
 * That is why it is not escaped: a zero-width space would be copied with it.
 */
export function code(text: string): string {
  const shown = visibleText(text, 300).replaceAll("`", "'");
  return shown === "" ? "" : `\`${shown}\``;
}

/** Escaping trims, and a part of a sentence has its spaces. */
function escapePart(part: string): string {
  const spaced = (space: boolean) => (space && part.trim() !== "" ? " " : "");
  if (part.trim() === "") return part === "" ? "" : " ";
  return `${spaced(part.startsWith(" "))}${escapeMarkdown(part, 1_000)}${spaced(part.endsWith(" "))}`;
}
