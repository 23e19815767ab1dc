import type { CompletionResult } from "../../schemas/cli-output.ts";
import type { Shell } from "../choices.ts";
import type { Outcome, Session } from "../command.ts";
import { bashCompletion } from "../completion/bash.ts";
import { fishCompletion } from "../completion/fish.ts";
import { zshCompletion } from "../completion/zsh.ts";
import { GLOBAL_OPTIONS } from "../global-options.ts";

const SCRIPTS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion };

export async function run(session: Session, args: { shell: Shell }): Promise<Outcome> {
  const result: CompletionResult = { shell: args.shell, script: SCRIPTS[args.shell](session.commands, GLOBAL_OPTIONS) };
  return { result, text: result.script };
}
