import { distance } from "fastest-levenshtein";
import { SlipwayError } from "../../../core/errors.ts";
import type { Known } from "./argument-parser.ts";
import { COMMAND_NAMES, type Command, type CommandName, parseCommand } from "./grammar.ts";
import { visibleLines } from "./visible-lines.ts";

/** How many commands one comment may hold. */
export const MOST_COMMANDS = 10;

/** A line of a comment that asks for something: by a command's name, or by a word that is nearly one. */
export interface CommandLine {
  /** Which of them in the comment, from 0. */
  place: number;
  /** The line without what stands behind its end. */
  text: string;
  /** The word behind the slash as it was written. */
  word: string;
  command: CommandName | undefined;
  /** What was probably meant. */
  near?: CommandName | undefined;
}

const WORD = /^\/([A-Za-z]{1,30})[.,:;!]*(?=\s|$)/;

/**
 * The lines that ask for something. A line that merely begins with a slash (`/usr/bin`, another bot's command) is
 * none; nor is a word with a letter that only looks like one of ours.
 */
export function commandLines(body: string): CommandLine[] {
  const lines = body.split(/\r\n|\n|\r/);
  if (!lines.some((line) => WORD.test(line))) return [];
  const visible = visibleLines(body);
  const found: CommandLine[] = [];
  for (const [at, line] of lines.entries()) {
    const word = visible.has(at + 1) ? WORD.exec(line)?.[1] : undefined;
    if (word === undefined) continue;
    const command = COMMAND_NAMES.find((name) => name === word.toLowerCase());
    const near = command === undefined ? nearCommand(word.toLowerCase()) : undefined;
    if (command === undefined && near === undefined) continue;
    const text = line.trimEnd();
    found.push({ place: found.length, text, word, command, near });
  }
  return found;
}

/** What the line asks for. Throws USAGE or STAGE_UNKNOWN. */
export function readLine({ text, word, command, near }: CommandLine, known: Known): Command {
  if (command !== undefined) return parseCommand(command, text.slice(WORD.exec(text)?.[0].length), known);
  throw new SlipwayError("USAGE", `There is no command \`/${word}\`.`, { hint: `Did you mean \`/${near}\`?` });
}

/** One letter off, two in a longer word, or two that changed places. */
function nearCommand(word: string): CommandName | undefined {
  const letters = (text: string) => [...text].sort().join("");
  return COMMAND_NAMES.find(
    (name) =>
      distance(word, name) <= (Math.min(word.length, name.length) < 6 ? 1 : 2) || letters(word) === letters(name),
  );
}
