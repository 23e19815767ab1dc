import { REASONS, type ReasonKind, SlipwayError } from "../core/errors.ts";
import type { CliError, CliOutput } from "../schemas/cli-output.ts";
import type { Problem } from "../schemas/problem.ts";
import type { Colors } from "./colors.ts";
import type { CommandOutcome } from "./command.ts";
import { plainLine, plainText } from "./plain-text.ts";

/** The exit codes: who has to act. An interrupted command exits with 130. */
export const EXIT = { done: 0, refused: 1, input: 2, broken: 3, interrupted: 130 } as const;

export function exitCode(error: unknown): number {
  if (!(error instanceof SlipwayError)) return EXIT.broken;
  if (error.code === "INTERRUPTED") return EXIT.interrupted;
  return EXIT[REASONS[error.code] satisfies ReasonKind];
}

/** `--json`'s one document, with a trailing newline; every control character in it is escaped. */
export function jsonDocument(envelope: CliOutput): string {
  const text = JSON.stringify(envelope, undefined, 2);
  return `${text.replace(/[\u007f-\u009f\u2028\u2029]/g, (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, "0")}`)}\n`;
}

export function outcomeEnvelope(command: string, outcome: CommandOutcome): CliOutput {
  if (!outcome.refusal) return { slipway: 1, command, ok: true, result: outcome.result };
  return { slipway: 1, command, ok: false, error: errorRecord(outcome.refusal), result: outcome.result };
}

export function errorEnvelope(command: string, error: unknown): CliOutput {
  return { slipway: 1, command, ok: false, error: errorRecord(error) };
}

function errorRecord(error: unknown): CliError {
  if (error instanceof SlipwayError) return { code: error.code, message: error.message, problems: [...error.problems] };
  const message = error instanceof Error ? error.message : String(error);
  const stack = error instanceof Error && error.stack !== undefined ? { stack: error.stack } : {};
  return { code: "INTERNAL", message, problems: [{ code: "INTERNAL", message }], ...stack };
}

/** An error for a person, many lines: what, where, expected, found, what to do. */
export function errorText(error: unknown, colors: Colors, verbose: boolean): string {
  if (!(error instanceof SlipwayError)) return bugText(error, colors);
  const word = error.kind === "refused" ? "refused" : "error";
  const [first] = error.problems;
  const alone = error.problems.length === 1 && first?.message === error.message;
  const lines = alone
    ? problemLines(first, colors, `${colors.red(colors.bold(`${word}:`))} `)
    : [
        `${colors.red(colors.bold(`${word}:`))} ${plainLine(error.message)}`,
        ...error.problems.flatMap((problem) => ["", ...problemLines(problem, colors, "")]),
      ];
  if (verbose && error.cause !== undefined) lines.push("", colors.dim(plainText(`caused by ${trace(error.cause)}`)));
  return `${lines.join("\n")}\n`;
}

export function problemLines(problem: Problem, colors: Colors, lead: string): string[] {
  const place = [problem.file, problem.line, problem.column].filter((part) => part !== undefined).join(":");
  const where = place === "" ? "" : `${colors.bold(plainLine(place))} `;
  return [
    `${lead}${where}${plainLine(problem.message)} ${colors.dim(`[${plainLine(problem.code)}]`)}`,
    ...detail("expected", problem.expected, colors),
    ...detail("found", problem.found, colors),
    ...detail("hint", problem.hint, colors),
  ];
}

function detail(name: string, value: string | undefined, colors: Colors): string[] {
  if (value === undefined) return [];
  return plainText(value)
    .trimEnd()
    .split("\n")
    .map((line, index) => `  ${colors.dim(index === 0 ? name.padEnd(9) : " ".repeat(9))} ${line}`);
}

function bugText(error: unknown, colors: Colors): string {
  return [
    `${colors.red(colors.bold("bug:"))} Slipway itself went wrong; this is not your mistake. Please report it with these lines:`,
    "",
    plainText(trace(error)),
    "",
  ].join("\n");
}

function trace(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
