import type { CommandDefinition, OptionDefinition } from "../command.ts";
import { argumentWords, optionWords, takes } from "./words.ts";

/** Model names are read from models/ by the shell itself: no process is started at a TAB. */
export function bashCompletion(commands: readonly CommandDefinition[], globals: readonly OptionDefinition[]): string {
  const names = ["help", ...commands.map(({ name }) => name)];
  const globalNames = ["-h", "--help", ...globals.flatMap((option) => optionWords(option).names)];
  const branches = commands.flatMap((command) => {
    const options = command.options.map(optionWords);
    const values = options
      .filter(({ takesValue }) => takesValue)
      .map((option) => `${option.names.join("|")}) words="${option.values.join(" ")}"; valued=1 ;;`);
    return [
      `    ${command.name})`,
      `      options="${options.flatMap((option) => option.names).join(" ")}"`,
      `      words="${argumentWords(command).join(" ")}"`,
      ...(takes(command, "model") ? ["      models=1"] : []),
      ...(takes(command, "folder") ? ["      folders=1"] : []),
      ...(takes(command, "file") ? ["      files=1"] : []),
      ...(values.length > 0
        ? ['      case "$previous" in', ...values.map((line) => `        ${line}`), "      esac"]
        : []),
      "      ;;",
    ];
  });
  return `# bash completion for slipway: eval "$(slipway completion bash)"
_slipway() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD - 1]}"
  local command="" root="." words="" options="" models="" folders="" files="" valued="" index=1 name
  while ((index < COMP_CWORD)); do
    case "\${COMP_WORDS[index]}" in
      -C) ((index++)); root="\${COMP_WORDS[index]}" ;;
      -*) ;;
      *) command="\${COMP_WORDS[index]}"; break ;;
    esac
    ((index++))
  done
  COMPREPLY=()
  if [[ $previous == -C ]]; then
    COMPREPLY=($(compgen -d -- "$current"))
    return
  fi
  case "$command" in
    "" | help) words="${names.join(" ")}" ;;
${branches.join("\n")}
  esac
  if [[ -z $valued && $current == -* ]]; then
    words="$options ${globalNames.join(" ")}"
  elif [[ -z $valued ]]; then
    if [[ -n $models ]]; then
      for name in "$root"/models/*/model.yaml; do
        name="\${name%/model.yaml}"
        name="\${name##*/}"
        # compgen -W expands what it is given: a folder's name must not become a command.
        case "$name" in *[!A-Za-z0-9_-]*) ;; *) words+=" $name" ;; esac
      done
    fi
    if [[ -n $folders ]]; then
      COMPREPLY=($(compgen -d -- "$current"))
      return
    fi
  fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  if [[ -z $valued && -n $files && $current != -* ]]; then COMPREPLY+=($(compgen -f -- "$current")); fi
}
complete -F _slipway slipway
`;
}
