import { lstatSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import type { CommandDefinition, CommandOutcome, OptionDefinition, Session } from "../command.ts";
import { GLOBAL_OPTIONS } from "../table/global-options.ts";

/** What asks the shell to complete a file or a folder itself. */
const DIRECTIVES = { file: ":files", folder: ":folders" } as const;

const HELP: OptionDefinition = { flags: "-h, --help", summary: "show help" };
/** Anybody may name a folder or a stage: a name that a shell could read as something else is not offered. */
const SAFE_NAME = /^[A-Za-z0-9][A-Za-z0-9_-]*$/;

const RUN = /^\d{8}T\d{6}Z-[0-9a-f]{8}$/;

const MAX_POLICY_BYTES = 1024 * 1024;

interface Candidate {
  word: string;
  summary?: string;
}

/** Answers the scripts of `slipway completion` at a TAB. */
export async function run(session: Session, args: { words?: string[] }): Promise<CommandOutcome> {
  const lines = await completions(args.words ?? [], session.commands, session.folder);
  return { result: lines, text: "", raw: lines.map((line) => `${line}\n`).join("") };
}

/**
 * What may be typed as the last of the words that follow `slipway`, one on a line: `word`, `word<TAB>summary`, or a
 * directive. `folder` is the folder that the command is typed in. An argument's words are offered for every
 * argument: shells split `penguins@3` in two.
 */
async function completions(
  words: readonly string[],
  commands: readonly CommandDefinition[],
  folder: string,
): Promise<string[]> {
  const typed = words.at(-1) ?? "";
  let root = folder;
  let command: CommandDefinition | undefined;
  let valued: string | undefined;
  for (const word of words.slice(0, -1)) {
    if (valued !== undefined) {
      if (valued === "-C") root = path.resolve(root, word);
      valued = undefined;
    } else if (word.startsWith("-")) {
      const option = optionsOf(command).find((each) => optionNames(each).includes(word));
      if (placeholder(option) !== undefined) valued = word;
    } else command ??= commands.find(({ name }) => name === word);
  }
  const candidates = await candidatesFor(typed, { root, command, valued, commands });
  return candidates
    .filter(({ word }) => word.startsWith(":") || word.startsWith(typed))
    .map(({ word, summary }) => (summary === undefined ? word : `${word}\t${summary}`));
}

interface Place {
  root: string;
  command: CommandDefinition | undefined;
  /** The option whose value is being typed. */
  valued: string | undefined;
  commands: readonly CommandDefinition[];
}

async function candidatesFor(typed: string, { root, command, valued, commands }: Place): Promise<Candidate[]> {
  if (valued !== undefined) {
    const option = optionsOf(command).find((each) => optionNames(each).includes(valued));
    return option?.choices?.map((word) => ({ word })) ?? namesOf(placeholder(option), root);
  }
  if (typed.startsWith("-"))
    return optionsOf(command).flatMap((option) =>
      optionNames(option).map((word) => ({ word, summary: option.summary })),
    );
  if (command === undefined)
    return [{ name: "help", summary: "show a command's help" }, ...commands].map(({ name, summary }) => ({
      word: name,
      summary,
    }));
  const found = command.arguments.map(
    async ({ kind, choices }) => choices?.map((word) => ({ word })) ?? (await namesOf(kind, root)),
  );
  return (await Promise.all(found)).flat();
}

function optionsOf(command: CommandDefinition | undefined): readonly OptionDefinition[] {
  return [...(command?.options ?? []), ...GLOBAL_OPTIONS, HELP];
}

function optionNames({ flags }: OptionDefinition): string[] {
  return flags.replace(/ <.*/, "").split(", ");
}

function placeholder(option: OptionDefinition | undefined): string | undefined {
  return /<(.+)>/.exec(option?.flags ?? "")?.[1];
}

async function namesOf(kind: string | undefined, root: string): Promise<Candidate[]> {
  if (kind === "file" || kind === "folder") return [{ word: DIRECTIVES[kind] }];
  if (kind === "run") return runsIn(path.join(root, ".slipway", "runs")).map((word) => ({ word }));
  if (kind !== "model" && kind !== "stage") return [];
  const { models, stages } = await readNames(root);
  return (kind === "model" ? models : stages).map((word) => ({ word }));
}

/** So many local runs are offered, the newest. */
const MOST_RUNS = 50;

function runsIn(folder: string): string[] {
  const found = statSync(folder, { throwIfNoEntry: false })?.isDirectory() ? readdirSync(folder) : [];
  return found
    .filter((name) => RUN.test(name))
    .sort()
    .reverse()
    .slice(0, MOST_RUNS);
}

/** The names of models and stages in a work tree, from the files that say so; no Git is asked. */
async function readNames(root: string): Promise<{ models: string[]; stages: string[] }> {
  const policy = await readPolicy(path.join(root, "slipway.yaml"));
  const folder = path.join(root, typeof policy.models === "string" ? policy.models : "models");
  const stages: unknown[] = Array.isArray(policy.stages) ? policy.stages : ["staging", "production"];
  return {
    models: names(statSync(folder, { throwIfNoEntry: false })?.isDirectory() ? readdirSync(folder) : []).filter(
      (name) => isThere(path.join(folder, name, "model.yaml")),
    ),
    stages: names(stages),
  };
}

async function readPolicy(file: string): Promise<{ models?: unknown; stages?: unknown }> {
  // A link may lead to what has no end, and a TAB must not wait for it.
  const found = lstatSync(file, { throwIfNoEntry: false });
  if (!found?.isFile() || found.size > MAX_POLICY_BYTES) return {};
  const { readYaml } = await import("../../core/spec/yaml.ts");
  const { value } = readYaml(readFileSync(file), file);
  return typeof value === "object" && value !== null ? value : {};
}

function names(values: readonly unknown[]): string[] {
  return values.filter((value) => typeof value === "string").filter((value) => SAFE_NAME.test(value));
}

function isThere(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false }) !== undefined;
}
