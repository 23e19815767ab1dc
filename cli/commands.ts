import type { CommandDefinition } from "./command.ts";

// Data alone: `--help`, completion and the docs read it, and it must load in no time.

export const TEMPLATES = ["penguins", "diabetes", "empty"] as const;
export type Template = (typeof TEMPLATES)[number];

export const SHELLS = ["bash", "zsh", "fish"] as const;
export type Shell = (typeof SHELLS)[number];

export const COMMANDS: readonly CommandDefinition[] = [
  {
    name: "init",
    summary: "make a repository with a first model in it",
    arguments: [{ name: "folder", kind: "folder", summary: "where; default: the current folder" }],
    options: [
      { flags: "--template <name>", summary: "what to start from", choices: TEMPLATES, default: "penguins" },
      { flags: "--name <model>", summary: "the model's name; default: the template's" },
    ],
    examples: [
      { command: "slipway init penguins-repo", does: "Palmer penguins, trained in Node" },
      { command: "slipway init health --template diabetes", does: "a regression with scikit-learn, in Python" },
      { command: "slipway init --template empty --name churn", does: "add a first model to the repository you are in" },
    ],
    load: () => import("./commands/init.ts"),
  },
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
    load: () => import("./commands/completion.ts"),
  },
];
