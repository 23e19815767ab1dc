import type { CommandDefinition, OptionDefinition } from "../command.ts";
import { argumentWords, optionWords, takes } from "./words.ts";

export function zshCompletion(commands: readonly CommandDefinition[], globals: readonly OptionDefinition[]): string {
  const described = commands.map(({ name, summary }) => quoted(`${name}:${summary}`)).join(" ");
  const branches = commands.flatMap((command) => {
    const options = command.options.map(optionWords);
    const values = options
      .filter(({ takesValue }) => takesValue)
      .map((option) => `${option.names.join("|")}) compadd -- ${option.values.join(" ")}; return ;;`);
    return [
      `    ${command.name})`,
      ...(values.length > 0
        ? ['      case "$previous" in', ...values.map((line) => `        ${line}`), "      esac"]
        : []),
      `      options+=(${options.flatMap(describe).join(" ")})`,
      `      candidates=(${argumentWords(command).join(" ")})`,
      ...(takes(command, "model")
        ? [
            `      candidates+=("$root"/models/*/model.yaml(N:h:t))`,
            `      candidates=(\${candidates:#*[^A-Za-z0-9_-]*})`,
          ]
        : []),
      ...(takes(command, "folder") ? ["      folders=1"] : []),
      ...(takes(command, "file") ? ["      files=1"] : []),
      "      ;;",
    ];
  });
  return `#compdef slipway
# zsh completion for slipway: eval "$(slipway completion zsh)"
_slipway() {
  local command="" root="." folders="" files="" previous="\${words[CURRENT-1]}" index=2
  local -a options candidates
  while ((index < CURRENT)); do
    case "\${words[index]}" in
      -C) ((index++)); root="\${words[index]}" ;;
      -*) ;;
      *) command="\${words[index]}"; break ;;
    esac
    ((index++))
  done
  options=('-h:show help' '--help:show help' ${globals.map(optionWords).flatMap(describe).join(" ")})
  if [[ $previous == -C ]]; then
    _files -/
    return
  fi
  case "$command" in
    ""|help)
      if [[ \${words[CURRENT]} != -* ]]; then
        candidates=('help:show help' ${described})
        _describe command candidates
        return
      fi
      ;;
${branches.join("\n")}
  esac
  if [[ \${words[CURRENT]} == -* ]]; then
    _describe option options
  elif [[ -n $folders ]]; then
    _files -/
  else
    compadd -- $candidates
    [[ -n $files ]] && _files
  fi
}
compdef _slipway slipway
`;
}

function describe(option: ReturnType<typeof optionWords>): string[] {
  return option.names.map((name) => quoted(`${name}:${option.summary}`));
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
