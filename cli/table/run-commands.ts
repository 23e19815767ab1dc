import { TEMPLATES } from "../../core/new-model/templates.ts";
import type { CommandDefinition } from "../command.ts";
import { RUN_ACTS } from "./choices.ts";
import { FRESH_OPTION, HERE_OPTION, REMOTE_OPTION } from "./shared.ts";

/** The commands that work on a model before it has a version. */
export const RUN_COMMANDS: readonly CommandDefinition[] = [
  {
    name: "init",
    summary: "make a repository with a first model in it",
    arguments: [{ name: "folder", kind: "folder", summary: "where; default: the current folder" }],
    options: [
      { flags: "--template <name>", summary: "what to start from", choices: TEMPLATES, default: "penguins" },
      { flags: "--name <model>", summary: "the model's name; default: the template's" },
      {
        flags: "--github",
        summary: "add the workflows and rulesets for GitHub; in a repository with commits, only them",
      },
      { flags: "--bot", summary: "with --github: no server; a workflow with a deploy key does the App's work" },
    ],
    examples: [
      { command: "slipway init penguins-repo", does: "Palmer penguins, trained in Node" },
      { command: "slipway init health --template diabetes", does: "a regression with scikit-learn, in Python" },
      { command: "slipway init --template empty --name churn", does: "add a first model to the repository you are in" },
      { command: "slipway init --github", does: "set up the repository you are in for GitHub" },
    ],
    load: () => import("../commands/init.ts"),
  },
  {
    name: "check",
    summary: "check specs and policy, with file:line:column",
    arguments: [{ name: "models", kind: "model", variadic: true, summary: "model names; default: all" }],
    options: [],
    examples: [
      { command: "slipway check", does: "every model, and slipway.yaml" },
      { command: "slipway check penguins --json", does: "one model, for a script" },
    ],
    load: () => import("../commands/check.ts"),
  },
  {
    name: "lock",
    summary: "pin remote data, file by file, in data.lock.json",
    arguments: [{ name: "models", kind: "model", variadic: true, summary: "model names; default: all" }],
    options: [
      { flags: "--check", summary: "write nothing: say what moved since, and exit with 2 if anything did" },
      { flags: "--update", summary: "pin only what moved since, and say what: for a schedule" },
    ],
    examples: [
      { command: "slipway lock penguins", does: "read what its URIs and patterns name now, and pin it" },
      { command: "slipway lock --update", does: "the same of models whose data moved alone" },
      { command: "slipway lock --check", does: "ask the places of all data whether anything moved" },
    ],
    load: () => import("../commands/lock.ts"),
  },
  {
    name: "retrain",
    summary: "bring models whose data moved new pins, on a branch of each model's own",
    arguments: [{ name: "models", kind: "model", variadic: true, summary: "model names; default: all" }],
    options: [
      { flags: "--dry-run", summary: "say what moved and what would be opened, and write nothing" },
      { flags: "--reason <text>", summary: "why, for the commit and whoever reviews it" },
      { flags: "--remote <name>", summary: "push the branch to this Git remote, from its default branch" },
    ],
    examples: [
      { command: "slipway retrain", does: "look behind all pins, and open slipway/retrain-<model> where bytes moved" },
      { command: "slipway retrain penguins --dry-run", does: "would there be anything to train on?" },
    ],
    load: () => import("../commands/retrain.ts"),
  },
  {
    name: "plan",
    summary: "say which models changed, why, and what would run",
    arguments: [],
    options: [
      { flags: "--base <commit>", summary: "compare with this; default: the default branch" },
      { flags: "--head <commit>", summary: "look at this; default: the work tree" },
    ],
    examples: [
      { command: "slipway plan", does: "the work tree against the default branch" },
      { command: "slipway plan --base main --head HEAD", does: "two commits" },
    ],
    load: () => import("../commands/plan.ts"),
  },
  {
    name: "run",
    summary: "validate, train, predict, score and report",
    arguments: [{ name: "models", kind: "model", variadic: true, summary: "model names; default: those that changed" }],
    options: [
      { flags: "--changed", summary: "also the models that `slipway plan` names" },
      {
        flags: "--set <key=value>",
        summary: "a try with other params (params.depth=4) or another seed; repeatable",
        repeat: true,
      },
      { flags: "--no-gate", summary: "exit with 0 whatever the gates say" },
      { flags: "--note <text>", summary: "what to remember of it: `slipway runs` shows it" },
      { flags: "--jobs <n>", summary: "how many models side by side; default: the cores", count: true },
      HERE_OPTION,
      FRESH_OPTION,
      REMOTE_OPTION,
    ],
    examples: [
      { command: "slipway run penguins", does: "one model, from the work tree: advisory" },
      { command: "slipway run --jobs 2", does: "what changed since the default branch, two at a time" },
      { command: "slipway run penguins --set params.depth=4", does: "a try without an edit: it becomes no version" },
      { command: "slipway run penguins -q", does: "one line; exit 1 if a gate does not pass" },
    ],
    load: () => import("../commands/run.ts"),
  },
  {
    name: "runs",
    summary: "list and compare the runs that were kept: this clone's, pull requests' and shared ones",
    arguments: [
      { name: "act", kind: "word", choices: RUN_ACTS, summary: "what to do with them; default: list" },
      { name: "runs", kind: "run", variadic: true, summary: "by their ids, or by the starts or ends of these" },
    ],
    options: [
      { flags: "--model <model>", summary: "list: of this model alone" },
      { flags: "--filter <text>", summary: "list: words, or MLflow's: metrics.f1 > 0.9 AND params.depth = '4'" },
      { flags: "--sort <keys>", summary: "list: metrics and attributes, with - the greatest first: -f1,start_time" },
      { flags: "--limit <n>", summary: "list: at most so many; default: 20", count: true },
      { flags: "--patch", summary: "compare: the code line by line, too" },
      { flags: "--keep <n>", summary: "prune: the newest so many stay", count: true },
      { flags: "--older-than <duration>", summary: "prune: younger ones stay: 30d" },
      { flags: "--dry-run", summary: "prune: say what would go, and remove nothing" },
      { flags: "--remote <name>", summary: "the branch experiments of this Git remote, not the local one" },
    ],
    examples: [
      { command: "slipway runs --model penguins --sort=-accuracy", does: "the best first" },
      { command: "slipway runs compare 1f2e3d4c 9a8b7c6d --patch", does: "two of them, side by side" },
      { command: 'slipway runs note 1f2e3d4c "deeper trees"', does: "what to remember of one" },
      { command: "slipway runs share 1f2e3d4c --remote origin", does: "its record for everybody, never rows" },
      { command: "slipway runs prune --keep 100 --older-than 30d", does: "what is neither new nor young goes" },
    ],
    load: () => import("../commands/runs.ts"),
  },
];
