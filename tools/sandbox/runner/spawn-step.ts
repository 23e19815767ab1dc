import { appendFile, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { parseCommand, parseFile } from "./commands.ts";
import { fill } from "./expressions.ts";
import { annotate, LEVELS, type StepNotes, summarize } from "./notes.ts";
import { masked, type Place, stepContexts } from "./place.ts";
import { runProcess } from "./process.ts";
import type { StepSpec } from "./workflow-file.ts";

export interface StepProcess {
  step: StepSpec;
  program: string;
  args: readonly string[];
  env: Readonly<Record<string, string>>;
}

export interface StepEnd {
  ok: boolean;
  outputs: Record<string, string>;
  /** For the action's post step. */
  state: Record<string, string>;
}

const FILES = ["OUTPUT", "ENV", "STATE", "PATH", "STEP_SUMMARY"] as const;
/** Runs a step's process with what GitHub's runner gives it, and takes in what it printed and wrote. */
export async function spawnStep(place: Place, { step, program, args, env }: StepProcess): Promise<StepEnd> {
  const { request, temp, workspace, log } = place;
  const file = (name: string) => path.join(temp, `github-${name.toLowerCase()}`);
  for (const name of FILES) await writeFile(file(name), "");
  const files = Object.fromEntries(FILES.map((name) => [`GITHUB_${name}`, file(name)]));
  const shown: StepNotes = new Map();
  let stopped: string | undefined;
  let writing = Promise.resolve();
  const onLine = (line: string) => {
    const command = parseCommand(line);
    if (stopped !== undefined) stopped = command?.name === stopped ? undefined : stopped;
    else if (command?.name === "stop-commands") stopped = command.message;
    else if (command?.name === "add-mask" && command.message !== "") place.masks.add(command.message);
    else if (command && command.name in LEVELS)
      annotate(request.check, shown, { ...command, message: masked(place, command.message) });
    writing = writing.then(() => appendFile(log, `${masked(place, line)}\n`));
  };
  const minutes = fill(step["timeout-minutes"], stepContexts(place));
  const ok = await runProcess({
    program,
    args,
    folder: path.join(workspace, step["working-directory"] ?? ""),
    env: { ...base(place), ...env, ...files },
    onLine,
    signal: request.cancel,
    timeoutMs: minutes === undefined ? undefined : Number(minutes) * 60_000,
  });
  await writing;
  const written = async (name: (typeof FILES)[number]) => await readFile(file(name), "utf8");
  Object.assign(place.env, parseFile(await written("ENV")));
  place.path.unshift(...(await written("PATH")).split("\n").filter(Boolean));
  summarize(request.check, masked(place, await written("STEP_SUMMARY")));
  return { ok, outputs: parseFile(await written("OUTPUT")), state: parseFile(await written("STATE")) };
}

/** Nothing of this machine but PATH. */
function base({ path: added, home, github, runner }: Place): Record<string, string> {
  const PATH = [...added, path.dirname(process.execPath), process.env["PATH"] ?? ""].join(":");
  const { token: _, ...shown } = github;
  const host = { PATH, HOME: home, LANG: "C.UTF-8", CI: "true", NO_COLOR: "1", GITHUB_ACTIONS: "true" };
  return { ...host, ...variables("GITHUB_", shown), ...variables("RUNNER_", runner) };
}

/** The texts of a mapping, as variables. */
export function variables(prefix: string, mapping: Readonly<Record<string, unknown>>): Record<string, string> {
  const texts = Object.entries(mapping).filter((entry): entry is [string, string] => typeof entry[1] === "string");
  return Object.fromEntries(
    texts.map(([name, value]) => [`${prefix}${name.replaceAll(" ", "_").toUpperCase()}`, value]),
  );
}
