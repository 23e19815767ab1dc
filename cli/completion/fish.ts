import type { CommandDefinition, OptionDefinition } from "../command.ts";
import { argumentWords, optionWords, takes } from "./words.ts";

export function fishCompletion(commands: readonly CommandDefinition[], globals: readonly OptionDefinition[]): string {
  const lines = commands.flatMap((command) => {
    const seen = `-n '__fish_seen_subcommand_from ${command.name}'`;
    const words = argumentWords(command);
    return [
      `complete -c slipway -n __fish_use_subcommand -a ${command.name} -d ${quoted(command.summary)}`,
      ...command.options.map((option) => `complete -c slipway ${seen} ${optionFlags(option)}`),
      ...(words.length > 0 ? [`complete -c slipway ${seen} -a ${quoted(words.join(" "))}`] : []),
      ...(takes(command, "model") ? [`complete -c slipway ${seen} -a '(__slipway_models)'`] : []),
      ...(takes(command, "folder") ? [`complete -c slipway ${seen} -a '(__fish_complete_directories)'`] : []),
      ...(takes(command, "file") ? [`complete -c slipway ${seen} -F`] : []),
    ];
  });
  return `# fish completion for slipway: slipway completion fish | source
function __slipway_models
  for spec in models/*/model.yaml
    string match -r '^[A-Za-z0-9_-]+$' (basename (dirname $spec))
  end
end
complete -c slipway -f
complete -c slipway -s h -l help -d 'show help'
complete -c slipway -n __fish_use_subcommand -a help -d 'show help'
${globals.map((option) => `complete -c slipway ${optionFlags(option)}`).join("\n")}
${lines.join("\n")}
`;
}

function optionFlags(option: OptionDefinition): string {
  const { names, takesValue, values, summary } = optionWords(option);
  const flags = names.map((name) => (name.startsWith("--") ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`));
  const folder = names.includes("-C") ? " -a '(__fish_complete_directories)'" : "";
  const given = values.length > 0 ? ` -a ${quoted(values.join(" "))}` : folder;
  return `${flags.join(" ")}${takesValue ? ` -x${given}` : ""} -d ${quoted(summary)}`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
