import { LOG_FORMATS, LOGGED_ACTS, SHELLS, TEMPLATES } from "./choices.ts";
import type { CommandDefinition, OptionDefinition } from "./command.ts";
import { EDITS, REMOTE } from "./edit-commands.ts";

// Data alone: `--help`, completion and the docs read it, and it must load in no time.

const FRESH: OptionDefinition = { flags: "--fresh", summary: "train again, even where nothing changed" };
const VERSION = "<model>@<version>, @<alias> or @<stage>; <model> alone: its latest version";

export const COMMANDS: readonly CommandDefinition[] = [
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
    load: () => import("./commands/init.ts"),
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
    load: () => import("./commands/check.ts"),
  },
  {
    name: "lock",
    summary: "pin remote data, file by file, in data.lock.json",
    arguments: [{ name: "models", kind: "model", variadic: true, summary: "model names; default: all" }],
    options: [],
    examples: [{ command: "slipway lock penguins", does: "read what its URIs hold now, and pin it" }],
    load: () => import("./commands/lock.ts"),
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
    load: () => import("./commands/plan.ts"),
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
      { flags: "--jobs <n>", summary: "how many models side by side; default: the cores", count: true },
      { flags: "--here", summary: "run on this machine what asks for another (runs-on)" },
      FRESH,
      REMOTE,
    ],
    examples: [
      { command: "slipway run penguins", does: "one model, from the work tree: advisory" },
      { command: "slipway run --jobs 2", does: "what changed since the default branch, two at a time" },
      { command: "slipway run penguins --set params.depth=4", does: "a try without an edit: it becomes no version" },
      { command: "slipway run penguins -q", does: "one line; exit 1 if a gate does not pass" },
    ],
    load: () => import("./commands/run.ts"),
  },
  {
    name: "register",
    summary: "make a version of the default branch's model",
    arguments: [{ name: "model", kind: "model", required: true, summary: "the model's name" }],
    options: [REMOTE, { flags: "--here", summary: "run on this machine what asks for another (runs-on)" }, FRESH],
    examples: [
      { command: "slipway register penguins", does: "version 1, then 2, 3 …" },
      { command: "slipway register penguins --remote origin", does: "from origin's default branch, into its registry" },
    ],
    load: () => import("./commands/register.ts"),
  },
  {
    name: "evaluate",
    summary: "evaluate a version that was imported, on the platform's test data",
    arguments: [{ name: "version", kind: "model", required: true, summary: VERSION }],
    options: [{ flags: "--here", summary: "run on this machine what asks for another (runs-on)" }, REMOTE],
    examples: [
      {
        command: "slipway evaluate churn@3",
        does: "by the default branch's models/churn/model.yaml; promotions go by it",
      },
      { command: "slipway evaluate churn@staging --remote origin", does: "what is in staging, in origin's registry" },
    ],
    load: () => import("./commands/evaluate.ts"),
  },
  {
    name: "promote",
    summary: "put a version into a stage, if its gates allow it",
    arguments: [
      {
        name: "version",
        kind: "model",
        required: true,
        summary: "<model>@<version>; <model> alone: its latest version",
      },
      { name: "stage", kind: "stage", required: true, summary: "a stage of the policy: production" },
    ],
    options: [
      { flags: "--reason <text>", summary: "why; kept in the decision" },
      { flags: "--dry-run", summary: "decide, and record nothing" },
      REMOTE,
    ],
    examples: [
      { command: "slipway promote penguins@2 production", does: "the gates decide" },
      { command: "slipway promote penguins production --dry-run", does: "what would they say of the latest?" },
    ],
    load: () => import("./commands/promote.ts"),
  },
  {
    name: "rollback",
    summary: "bring back the version that was in a stage before",
    arguments: [
      { name: "model", kind: "model", required: true, summary: "the model's name" },
      { name: "stage", kind: "stage", required: true, summary: "a stage of the policy: production" },
    ],
    options: [
      { flags: "--to <version>", summary: "an earlier version that was in the stage", count: true },
      { flags: "--reason <text>", summary: "why; kept in the decision" },
      REMOTE,
    ],
    examples: [
      { command: "slipway rollback penguins production", does: "to what was live before" },
      { command: 'slipway rollback penguins production --to 1 --reason "drift"', does: "further back" },
    ],
    load: () => import("./commands/rollback.ts"),
  },
  ...EDITS,
  {
    name: "ls",
    summary: "list models, their latest versions and stages",
    arguments: [],
    options: [
      { flags: "--limit <n>", summary: "at most so many models; default: 100", count: true },
      { flags: "--after <model>", summary: "the page after this model" },
      { flags: "--filter <text>", summary: "MLflow's: name and tags.<key>, with = != LIKE ILIKE, and AND" },
      { flags: "--stage <stage>", summary: "those with a version in this stage" },
      { flags: "--order-by <keys>", summary: "name, last_updated_timestamp or metrics.<name>, each with ASC or DESC" },
      REMOTE,
    ],
    examples: [
      { command: "slipway ls", does: "every registered model" },
      { command: "slipway ls --filter \"name LIKE 'pen%' AND tags.team = 'birds'\"", does: "some of them" },
      { command: 'slipway ls --order-by "last_updated_timestamp DESC" --limit 10', does: "the newest first" },
      {
        command: 'slipway ls --stage production --order-by "metrics.accuracy DESC"',
        does: "what is live, the best first",
      },
    ],
    load: () => import("./commands/ls.ts"),
  },
  {
    name: "show",
    summary: "show a model, a version, or what is in a stage",
    arguments: [
      { name: "what", kind: "model", required: true, summary: "<model>, <model>@<version> or <model>#<stage>" },
    ],
    options: [{ flags: "--limit <n>", summary: "at most so many versions; default: 20", count: true }, REMOTE],
    examples: [
      { command: "slipway show penguins", does: "its versions and stages" },
      { command: "slipway show penguins@2", does: "one version's manifest" },
      { command: "slipway show 'penguins#production'", does: "what is live" },
    ],
    load: () => import("./commands/show.ts"),
  },
  {
    name: "card",
    summary: "write a version's model card, in Markdown",
    arguments: [
      {
        name: "what",
        kind: "model",
        required: true,
        summary: "<model>, <model>@<version> or <model>#<stage>; default: production, or the latest",
      },
    ],
    options: [REMOTE],
    examples: [{ command: "slipway card penguins@3 > MODEL_CARD.md", does: "from the registry's records alone" }],
    load: () => import("./commands/card.ts"),
  },
  {
    name: "pull",
    summary: "bring a version's files into a folder, every digest checked",
    arguments: [{ name: "version", kind: "model", required: true, summary: VERSION }],
    options: [{ flags: "--to <folder>", summary: "where; default: <model>-<version> in the current folder" }, REMOTE],
    examples: [
      { command: "slipway pull penguins@production --to model", does: "what is live" },
      { command: "slipway pull penguins@2 --remote origin", does: "version 2 of the remote's registry" },
    ],
    load: () => import("./commands/pull.ts"),
  },
  {
    name: "predict",
    summary: "predict rows without labels, by a version's own program",
    arguments: [
      { name: "version", kind: "model", required: true, summary: VERSION },
      { name: "rows", kind: "file", required: true, summary: "a file of rows: CSV, Parquet or JSON Lines" },
    ],
    options: [
      { flags: "--out <file>", summary: "where; its extension says the format. Default: CSV on stdout" },
      REMOTE,
    ],
    examples: [
      { command: "slipway predict penguins@production rows.csv", does: "at its own commit, with its own environment" },
      {
        command: "slipway predict penguins@2 rows.parquet --out predictions.parquet",
        does: "from Parquet, into Parquet",
      },
    ],
    load: () => import("./commands/predict.ts"),
  },
  {
    name: "errors",
    summary: "show the test rows that a version got wrong, by id",
    arguments: [{ name: "version", kind: "model", required: true, summary: VERSION }],
    options: [{ flags: "--limit <n>", summary: "at most so many rows; default: 20", count: true }, REMOTE],
    examples: [
      { command: "slipway errors penguins@2", does: "the surest mistakes first; nothing is written" },
      { command: "slipway errors health@production --limit 5", does: "the largest residuals" },
    ],
    load: () => import("./commands/errors.ts"),
  },
  {
    name: "log",
    summary: "tell who did what, and why, newest first",
    arguments: [{ name: "model", kind: "model", summary: "<model> or <model>@<version>; default: all" }],
    options: [
      { flags: "--act <act>", summary: "of this kind alone", choices: LOGGED_ACTS },
      { flags: "--by <person>", summary: "of this person alone, by name, e-mail, login or GitHub's number" },
      { flags: "--stage <stage>", summary: "about this stage alone" },
      { flags: "--since <when>", summary: "from then on: 2026-03-01 (UTC), 2026-03-01T09:00:00Z, or 7d for a week" },
      { flags: "--until <when>", summary: "and no later" },
      { flags: "--limit <n>", summary: "at most so many; default: 20, of an export all", count: true },
      { flags: "--format <name>", summary: "export: JSON Lines, or CSV for a spreadsheet", choices: LOG_FORMATS },
      REMOTE,
    ],
    examples: [
      { command: "slipway log penguins --limit 5", does: "its last five acts" },
      { command: "slipway log --act rollback --since 30d", does: "what was taken back in a month" },
      { command: "slipway log --format csv > audit.csv", does: "all of it, for a spreadsheet" },
    ],
    load: () => import("./commands/log.ts"),
  },
  {
    name: "diff",
    summary: "compare two versions: params, data, code, metrics",
    arguments: [
      { name: "a", kind: "model", required: true, summary: "<model>@<version> or <model>#<stage>" },
      { name: "b", kind: "model", required: true, summary: "the same of another" },
    ],
    options: [REMOTE],
    examples: [{ command: "slipway diff penguins@1 penguins@2", does: "what changed, and what it did" }],
    load: () => import("./commands/diff.ts"),
  },
  {
    name: "verify",
    summary: "check the registry: objects, branch, tags, records, artifacts",
    arguments: [],
    options: [
      REMOTE,
      { flags: "--repair", summary: "mend what has one answer alone: stale locks, missing tags, damaged objects" },
      { flags: "--artifacts", summary: "hash every stored file; without it, names and sizes are looked at" },
      {
        flags: "--accept <commit>",
        summary: "record first that you accept the times of this commit and all before it",
      },
      { flags: "--strict", summary: "take commits that nothing here proves for findings, too" },
      { flags: "--from <copy>", summary: "with --repair: a folder or URL that has the registry; default: the remotes" },
    ],
    examples: [
      { command: "slipway verify", does: "name each inconsistency; exit 3 if there is one" },
      {
        command: "slipway verify --repair --from ../backup.git",
        does: "bring back what a copy has, and write missing tags",
      },
    ],
    load: () => import("./commands/verify.ts"),
  },
  {
    name: "serve-registry",
    summary: "serve MLflow's Model Registry API on this repository",
    arguments: [],
    options: [
      { flags: "--port <n>", summary: "where to listen; default: 5000, 0 for any free port" },
      { flags: "--host <name>", summary: "which address; default: 127.0.0.1, any other needs a token" },
      { flags: "--allowed-hosts <names>", summary: "more names that clients call it by, with commas between" },
      {
        flags: "--tracking-uri <url>",
        summary: "an MLflow server whose runs' files are brought when they are registered",
      },
    ],
    examples: [
      { command: "slipway serve-registry", does: "for clients on this machine" },
      { command: "slipway serve-registry --port 0 --json", does: "on any free port, for a script" },
    ],
    load: () => import("./commands/serve-registry.ts"),
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

/** What completion scripts call: in no help, and no page. */
export const COMPLETE: CommandDefinition = {
  name: "complete",
  summary: "list what may stand for the last word",
  arguments: [{ name: "words", kind: "word", variadic: true, summary: "the words behind slipway, up to the cursor" }],
  options: [],
  examples: [],
  load: () => import("./commands/complete.ts"),
};
