import { statSync } from "node:fs";
import path from "node:path";
import { SlipwayError } from "../core/errors.ts";
import manifest from "../package.json" with { type: "json" };
import { type Colors, colorsFor } from "./colors.ts";
import type { CommandOutcome } from "./command.ts";
import type { Host } from "./host.ts";
import { EXIT, errorEnvelope, errorText, exitCode, jsonDocument, outcomeEnvelope } from "./output.ts";
import { onlyColors } from "./plain-text.ts";
import { type CliRequest, namedCommand, parseCommandLine } from "./program.ts";
import { createProgress } from "./progress.ts";
import { asSystemFailure } from "./system-failure.ts";
import { COMMANDS } from "./table/commands.ts";

/** Runs one command line and resolves with its exit code. The one place of the CLI that catches. */
export async function main(argv: readonly string[], host: Host): Promise<number> {
  const { json, color } = wishes(argv);
  const colors = {
    stdout: colorsFor(host.stdout, host.env, color && !json),
    stderr: colorsFor(host.stderr, host.env, color),
  };
  try {
    const request = await parseCommandLine(argv, host, manifest.version, colors);
    return request ? await execute(request, host, colors) : EXIT.done;
  } catch (error) {
    return tellError(host.signal.aborted ? host.signal.reason : error, argv, host);
  }
}

/** Tells an error in the form that the command line asks for, and answers with the exit code. */
export function tellError(caught: unknown, argv: readonly string[], host: Host): number {
  const error = asSystemFailure(caught);
  const { json, color, verbose, command } = wishes(argv);
  if (json) host.stdout.write(jsonDocument(errorEnvelope(command, error)));
  host.stderr.write(onlyColors(errorText(error, colorsFor(host.stderr, host.env, color), verbose)));
  return exitCode(error);
}

/** What can be told of a command line that may not be understood: a wrong one is answered in the asked form, too. */
function wishes(argv: readonly string[]): { json: boolean; color: boolean; verbose: boolean; command: string } {
  const words = argv.includes("--") ? argv.slice(0, argv.indexOf("--")) : argv;
  return {
    json: words.includes("--json"),
    color: !words.includes("--no-color"),
    verbose: words.includes("--verbose") || words.includes("-v"),
    command: namedCommand(words)?.name ?? "slipway",
  };
}

async function execute(request: CliRequest, host: Host, colors: { stdout: Colors; stderr: Colors }): Promise<number> {
  const { json = false, quiet = false, verbose = false } = request.global;
  const folder = workingFolder(host.cwd(), request.global.C);
  const progress = createProgress({ stream: host.stderr, colors: colors.stderr, quiet });
  try {
    const { run } = await request.definition.load();
    host.signal.throwIfAborted();
    const { packageRoot, env, signal } = host;
    let answered = false;
    const answer = (outcome: CommandOutcome) => {
      if (!answered) tell(outcome, request, host, json);
      answered = true;
    };
    const session = {
      answer,
      folder,
      packageRoot,
      commands: COMMANDS,
      env,
      json,
      verbose,
      quiet,
      signal,
      isWatched: host.stderr.isTTY === true,
      progress,
      colors: colors.stdout,
      width: host.stdout.columns ?? 120,
    };
    const outcome = await run(session, request.arguments, request.options);
    progress.close();
    answer(outcome);
    if (!outcome.refusal) return EXIT.done;
    host.stderr.write(onlyColors(errorText(outcome.refusal, colors.stderr, verbose)));
    return exitCode(outcome.refusal);
  } finally {
    progress.close();
  }
}

function tell(outcome: CommandOutcome, request: CliRequest, host: Host, json: boolean): void {
  if (json) host.stdout.write(jsonDocument(outcomeEnvelope(request.definition.name, outcome)));
  else if (outcome.raw !== undefined) host.stdout.write(outcome.raw);
  else if (outcome.text !== "") host.stdout.write(`${onlyColors(outcome.text.replace(/\n+$/, ""))}\n`);
}

function workingFolder(cwd: string, given: string | undefined): string {
  const folder = path.resolve(cwd, given ?? ".");
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return folder;
  throw new SlipwayError("USAGE", "the folder given with -C is not there", {
    expected: "a folder",
    found: folder,
    hint: "create it, or leave -C out to work in the current folder",
  });
}
