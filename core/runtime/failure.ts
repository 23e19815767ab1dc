import { stripVTControlCharacters } from "node:util";

const LINES = 20;
const LINE_LENGTH = 500;

export interface Exit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** A command as an error shows it: one line, short, without control characters. */
export function shown(command: string): string {
  const line = printable(command.trim().replace(/\s*\n\s*/g, " ⏎ "));
  return `\`${line.length > 200 ? `${line.slice(0, 200)}…` : line}\``;
}

/** The last 20 lines with something in them, each at most 500 characters, without escape sequences. */
export function logTail(output: string): string[] {
  return stripVTControlCharacters(output)
    .split("\n")
    .map((line) => printable(line.replace(/\r$/, "").replace(/^.*\r/s, "")).trimEnd())
    .filter((line) => line !== "")
    .slice(-LINES)
    .map((line) => (line.length > LINE_LENGTH ? `…${line.slice(-LINE_LENGTH)}` : line));
}

/** Text of user code without what would move a terminal's cursor or turn its direction. */
function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  return text.replace(/[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, "");
}

export function exitWords(exit: Exit): string {
  return exit.signal ? `signal ${exit.signal}` : `exit code ${exit.code}`;
}

/** What an exit code says by itself, as POSIX shells use it: 126, 127, 128 + signal. */
export function exitHint(exit: Exit): string | undefined {
  if (exit.code === 127) {
    return "A program was not found: it is not on PATH, or `environment.setup` does not install it.";
  }
  if (exit.code === 126) return "A program may not be executed: does the file have its executable bit in Git?";
  if (exit.code === 137 || exit.signal === "SIGKILL") {
    return "Something killed it; most often the memory ran out. Use less data at once, or a machine with more memory.";
  }
  if (exit.code === 139 || exit.signal === "SIGSEGV") return "It crashed in native code (segmentation fault).";
  return undefined;
}

const MISSING =
  /ENOENT|no such file|cannot find (?:module|package)|ModuleNotFoundError|No module named|ImportError|cannot open|can't open|FileNotFound|not found/i;

/** What a failed command could not find: file names and module names out of its last lines. */
export function missingNames(lines: readonly string[]): { name: string; module: boolean }[] {
  const names = new Map<string, boolean>();
  for (const line of lines.filter((line) => MISSING.test(line))) {
    const module = /No module named|Cannot find package|there is no package called/i.test(line);
    for (const [, name] of line.matchAll(/['"‘“]([^'"‘’“”]{1,400})['"’”]/g)) if (name) names.set(name, module);
    const plain = /(?:^|[:\s])([^\s:'"]{1,400}): (?:No such file|not found|cannot open)/i.exec(line)?.[1];
    if (plain) names.set(plain, false);
    const opened = /(?:can't open|cannot open) ([^\s:'"]{1,400})/i.exec(line)?.[1];
    if (opened) names.set(opened, false);
  }
  return [...names].map(([name, module]) => ({ name, module }));
}
