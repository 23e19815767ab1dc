import type { CommandDefinition, OptionDefinition } from "../command.ts";

/** What one option looks like to a shell. */
export interface OptionWords {
  /** `-q` and `--quiet`. */
  names: string[];
  takesValue: boolean;
  values: readonly string[];
  summary: string;
}

export function optionWords(option: OptionDefinition): OptionWords {
  const [flags = "", placeholder] = option.flags.split(/ (?=[<[])/);
  return {
    names: flags.split(", "),
    takesValue: placeholder !== undefined,
    values: option.choices ?? [],
    summary: option.summary,
  };
}

/** The words that any of a command's arguments may be. Stages are the policy's default ones. */
export function argumentWords(command: CommandDefinition): string[] {
  return command.arguments.flatMap((argument) => {
    if (argument.choices) return [...argument.choices];
    return argument.kind === "stage" ? ["staging", "production"] : [];
  });
}

export function takes(command: CommandDefinition, kind: CommandDefinition["arguments"][number]["kind"]): boolean {
  return command.arguments.some((argument) => argument.kind === kind);
}
