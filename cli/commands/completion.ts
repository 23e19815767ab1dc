import type { CompletionResult } from "../../schemas/cli-output.ts";
import type { CommandOutcome, Session } from "../command.ts";
import type { Shell } from "../table/choices.ts";

/** Each hands `slipway complete` the words up to the cursor, and offers its lines: `word<TAB>summary`, :files, :folders. */
const SCRIPTS: Readonly<Record<Shell, string>> = {
  bash: `# bash completion for slipway: eval "$(slipway completion bash)"
_slipway() {
  local line current="\${COMP_WORDS[COMP_CWORD]}"
  COMPREPLY=()
  while IFS= read -r line; do
    case "$line" in
      :folders) while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -d -- "$current") ;;
      :files) while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -- "$current") ;;
      *) COMPREPLY+=("\${line%%$'\\t'*}") ;;
    esac
  done < <(slipway complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _slipway slipway
`,
  zsh: `#compdef slipway
# zsh completion for slipway: eval "$(slipway completion zsh)"
_slipway() {
  local line
  local -a candidates
  for line in "\${(@f)$(slipway complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    case "$line" in
      :folders) _files -/ ;;
      :files) _files ;;
      ?*) candidates+=("\${line/$'\\t'/:}") ;;
    esac
  done
  _describe slipway candidates
}
compdef _slipway slipway
`,
  fish: `# fish completion for slipway: slipway completion fish | source
function __slipway
  set -l words (commandline -opc) (commandline -ct)
  for line in (slipway complete -- $words[2..-1] 2>/dev/null)
    switch $line
      case :folders
        __fish_complete_directories (commandline -ct)
      case :files
        __fish_complete_path (commandline -ct)
      case '*'
        echo $line
    end
  end
end
complete -c slipway -f -a '(__slipway)'
`,
};

export async function run(_: Session, args: { shell: Shell }): Promise<CommandOutcome> {
  const result: CompletionResult = { shell: args.shell, script: SCRIPTS[args.shell] };
  return { result, text: result.script };
}
