import type { CommandDefinition } from "../command.ts";
import { SHELLS } from "./choices.ts";

/** The commands that help a shell to complete a command line. */
export const SHELL: readonly CommandDefinition[] = [
  {
    name: "completion",
    summary: "print a script that completes commands, options and models in your shell",
    arguments: [{ name: "shell", kind: "word", required: true, choices: SHELLS, summary: "your shell" }],
    options: [],
    examples: [
      { command: 'eval "$(slipway completion bash)"', does: "in ~/.bashrc" },
      { command: 'eval "$(slipway completion zsh)"', does: "in ~/.zshrc, after compinit" },
      { command: "slipway completion fish | source", does: "in ~/.config/fish/config.fish" },
    ],
    load: () => import("../commands/completion.ts"),
  },
];

/** The command that completion scripts call. No help and no page lists it. */
export const COMPLETE: CommandDefinition = {
  name: "complete",
  summary: "list what may stand for the last word",
  arguments: [{ name: "words", kind: "word", variadic: true, summary: "the words behind slipway, up to the cursor" }],
  options: [],
  examples: [],
  load: () => import("../commands/complete.ts"),
};
