import { statSync } from "node:fs";
import path from "node:path";
import { SlipwayError } from "../core/errors.ts";
import manifest from "../package.json" with { type: "json" };
import { type Colors, colorsFor } from "./colors.ts";
import { COMMANDS } from "./commands.ts";
import type { Host } from "./host.ts";
import { EXIT, errorEnvelope, errorText, exitCode, jsonDocument, outcomeEnvelope } from "./output.ts";
import { onlyColors } from "./plain-text.ts";
import { parseCommandLine, type Request } from "./program.ts";
import { createProgress } from "./progress.ts";

/** Runs one command line and resolves with its exit code. The one place of the CLI that catches. */
export async function main(argv: readonly string[], host: Host): Promise<number> {
  // Known before the command line is understood: a wrong one is told in the asked form, too.
  const asked = argv.includes("--") ? argv.slice(0, argv.indexOf("--")) : argv;
  const json = asked.includes("--json");
  const wanted = !asked.includes("--no-color");
  const colors = {
    stdout: colorsFor(host.stdout, host.env, wanted && !json),
    stderr: colorsFor(host.stderr, host.env, wanted),
  };
  let command = COMMANDS.find(({ name }) => asked.includes(name))?.name ?? "slipway";
  try {
    const request = await parseCommandLine(argv, host, manifest.version, colors);
    if (!request) return EXIT.done;
    command = request.definition.name;
    return await execute(request, host, colors);
  } catch (caught) {
    const error = host.signal.aborted ? host.signal.reason : caught;
    if (json) host.stdout.write(jsonDocument(errorEnvelope(command, error)));
    host.stderr.write(onlyColors(errorText(error, colors.stderr, asked.includes("--verbose") || asked.includes("-v"))));
    return exitCode(error);
  }
}

async function execute(request: Request, host: Host, colors: { stdout: Colors; stderr: Colors }): Promise<number> {
  const { json = false, quiet = false, verbose = false } = request.global;
  const folder = workingFolder(host.cwd, request.global.C);
  const progress = createProgress({ stream: host.stderr, colors: colors.stderr, quiet });
  try {
    const { run } = await request.definition.load();
    host.signal.throwIfAborted();
    const { packageRoot, env, signal } = host;
    const session = {
      folder,
      packageRoot,
      commands: COMMANDS,
      env,
      json,
      verbose,
      signal,
      progress,
      colors: colors.stdout,
    };
    const outcome = await run(session, request.arguments, request.options);
    progress.close();
    if (json) host.stdout.write(jsonDocument(outcomeEnvelope(request.definition.name, outcome)));
    else if (outcome.text !== "") host.stdout.write(`${onlyColors(outcome.text.replace(/\n+$/, ""))}\n`);
    if (!outcome.refusal) return EXIT.done;
    host.stderr.write(onlyColors(errorText(outcome.refusal, colors.stderr, verbose)));
    return exitCode(outcome.refusal);
  } finally {
    progress.close();
  }
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
