import { Argument, Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { SlipwayError } from "../core/errors.ts";
import type { Colors } from "./colors.ts";
import type { Arguments, CommandDefinition, OptionDefinition, Options } from "./command.ts";
import type { Host } from "./host.ts";
import { COMMANDS } from "./table/commands.ts";
import { GLOBAL_OPTIONS } from "./table/global-options.ts";
import { COMPLETE } from "./table/shell-commands.ts";

/** One command line, understood: what to run, with what. */
export interface CliRequest {
  definition: CommandDefinition;
  arguments: Arguments;
  options: Options;
  global: { C?: string; json?: boolean; color?: boolean; quiet?: boolean; verbose?: boolean };
}

const FIRST_STEPS = `
First steps:
  slipway init penguins-repo && cd penguins-repo
  slipway run penguins                   # train it and look: advisory
  slipway register penguins              # version 1, from the default branch
  slipway promote penguins@1 production  # the gates decide
  slipway serve penguins                 # it answers requests

Exit codes: 0 done, 1 refused by a decision, 2 bad input or use, 3 something broke.`;

/**
 * Reads a command line. Undefined if help or the version was asked for: it is printed. Rejects with USAGE for
 * anything that the table of commands does not know.
 */
export async function parseCommandLine(
  argv: readonly string[],
  host: Host,
  version: string,
  colors: { stdout: Colors; stderr: Colors },
): Promise<CliRequest | undefined> {
  let request: CliRequest | undefined;
  const program = new Command("slipway")
    .description("A self-service machine-learning platform whose only source of truth is Git.")
    .usage("<command> [options]")
    .version(version, "--version", "print the version")
    .helpOption("-h, --help", "show help, with examples")
    .helpCommand("help [command]", "show a command's help")
    .exitOverride()
    .configureOutput({
      writeOut: (text) => host.stdout.write(text),
      writeErr: (text) => host.stderr.write(text),
      // The one place that tells errors does it, in its own way.
      outputError: () => {},
      getOutHelpWidth: () => Math.min(host.stdout.columns ?? 100, 100),
      getErrHelpWidth: () => Math.min(host.stderr.columns ?? 100, 100),
      getOutHasColors: () => colors.stdout.isColorSupported,
      getErrHasColors: () => colors.stderr.isColorSupported,
    })
    .configureHelp({ showGlobalOptions: true, styleTitle: (title) => `\u001b[1m${title}\u001b[22m` })
    .addHelpText("after", FIRST_STEPS);
  for (const option of GLOBAL_OPTIONS) program.addOption(asOption(option));
  for (const definition of [...COMMANDS, COMPLETE]) {
    const command = program
      .command(definition.name, { hidden: definition === COMPLETE })
      .description(sentence(definition.summary));
    command.summary(definition.summary);
    for (const argument of definition.arguments) command.addArgument(asArgument(argument));
    for (const option of definition.options) command.addOption(asOption(option));
    command.addHelpText("after", examples(definition));
    command.action((...given: unknown[]) => {
      const names = definition.arguments.map((argument) => argument.name);
      request = {
        definition,
        arguments: Object.fromEntries(names.map((name, index) => [name, given[index]])) as Arguments,
        options: command.opts(),
        global: program.opts(),
      };
    });
  }
  try {
    await program.parseAsync([...argv], { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return undefined;
    throw error instanceof CommanderError ? usageError(error, argv) : error;
  }
  return request;
}

function asArgument(definition: CommandDefinition["arguments"][number]): Argument {
  const name = `${definition.name}${definition.variadic ? "..." : ""}`;
  const argument = new Argument(definition.required ? `<${name}>` : `[${name}]`, definition.summary);
  return definition.choices ? argument.choices(definition.choices) : argument;
}

function asOption(definition: OptionDefinition): Option {
  const option = new Option(definition.flags, definition.summary);
  if (definition.choices) option.choices(definition.choices);
  if (definition.default !== undefined) option.default(definition.default);
  if (definition.count) option.argParser(count);
  if (definition.repeat) option.argParser((value: string, before: string[] = []) => [...before, value]);
  return option;
}

function count(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError("It takes a whole number from 1.");
  return Number(text);
}

function sentence(summary: string): string {
  return `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`;
}

function examples(definition: CommandDefinition): string {
  const width = Math.max(...definition.examples.map(({ command }) => command.length));
  const lines = definition.examples.map(({ command, does }) => `  ${command.padEnd(width)}  # ${does}`);
  return ["", "Examples:", ...lines].join("\n");
}

function usageError(error: CommanderError, argv: readonly string[]): SlipwayError {
  if (error.code === "commander.help")
    return new SlipwayError("USAGE", "no command was given", { hint: "slipway --help lists them" });
  const [, message = error.message, suggestion] =
    /^(?:error: )?([\s\S]*?)(?:\n\(Did you mean ([\s\S]*)\?\))?$/.exec(error.message) ?? [];
  const command = namedCommand(argv);
  const help = `slipway ${command ? `${command.name} ` : ""}--help shows what there is`;
  const hint = suggestion === undefined ? help : `did you mean ${suggestion}?`;
  return new SlipwayError("USAGE", message, { hint });
}

/** The first word that is a command's name: a later word may look like one. */
export function namedCommand(words: readonly string[]): CommandDefinition | undefined {
  return words.map((word) => COMMANDS.find(({ name }) => name === word)).find((command) => command !== undefined);
}
