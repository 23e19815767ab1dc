import { LOGGED_ACTS } from "../../core/registry/logged-acts.ts";
import type { CommandDefinition } from "../command.ts";
import { LOG_FORMATS } from "./choices.ts";
import { REMOTE_OPTION, VERSION } from "./shared.ts";

/** The commands that show the registry, and use what it holds. */
export const READS: readonly CommandDefinition[] = [
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
      REMOTE_OPTION,
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
    load: () => import("../commands/ls.ts"),
  },
  {
    name: "show",
    summary: "show a model, a version, or what is in a stage",
    arguments: [
      { name: "what", kind: "model", required: true, summary: "<model>, <model>@<version> or <model>#<stage>" },
    ],
    options: [{ flags: "--limit <n>", summary: "at most so many versions; default: 20", count: true }, REMOTE_OPTION],
    examples: [
      { command: "slipway show penguins", does: "its versions and stages" },
      { command: "slipway show penguins@2", does: "one version's manifest" },
      { command: "slipway show 'penguins#production'", does: "what is live" },
    ],
    load: () => import("../commands/show.ts"),
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
    options: [REMOTE_OPTION],
    examples: [{ command: "slipway card penguins@3 > MODEL_CARD.md", does: "from the registry's records alone" }],
    load: () => import("../commands/card.ts"),
  },
  {
    name: "pull",
    summary: "bring a version's files into a folder, every digest checked",
    arguments: [{ name: "version", kind: "model", required: true, summary: VERSION }],
    options: [
      { flags: "--to <folder>", summary: "where; default: <model>-<version> in the current folder" },
      REMOTE_OPTION,
    ],
    examples: [
      { command: "slipway pull penguins@production --to model", does: "what is live" },
      { command: "slipway pull penguins@2 --remote origin", does: "version 2 of the remote's registry" },
    ],
    load: () => import("../commands/pull.ts"),
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
      REMOTE_OPTION,
    ],
    examples: [
      { command: "slipway predict penguins@production rows.csv", does: "at its own commit, with its own environment" },
      {
        command: "slipway predict penguins@2 rows.parquet --out predictions.parquet",
        does: "from Parquet, into Parquet",
      },
    ],
    load: () => import("../commands/predict.ts"),
  },
  {
    name: "errors",
    summary: "show the test rows that a version got wrong, by id",
    arguments: [{ name: "version", kind: "model", required: true, summary: VERSION }],
    options: [{ flags: "--limit <n>", summary: "at most so many rows; default: 20", count: true }, REMOTE_OPTION],
    examples: [
      { command: "slipway errors penguins@2", does: "the surest mistakes first; nothing is written" },
      { command: "slipway errors health@production --limit 5", does: "the largest residuals" },
    ],
    load: () => import("../commands/errors.ts"),
  },
  {
    name: "requests",
    summary: "tell what a model's versions were asked and answered, newest first",
    arguments: [{ name: "model", kind: "model", required: true, summary: "<model>" }],
    options: [
      { flags: "--since <when>", summary: "from then on, as of `log`; default: 24h" },
      { flags: "--until <when>", summary: "and no later" },
      { flags: "--limit <n>", summary: "at most so many rows; default: 20", count: true },
      { flags: "--out <file>", summary: "all rows into a file; its extension says the format: .parquet, .csv, .jsonl" },
      { flags: "--labelled", summary: "with --out: rows whose labels came, as the model's training data have them" },
      REMOTE_OPTION,
    ],
    examples: [
      { command: "slipway requests penguins --since 1h", does: "the last hour, by version" },
      { command: "slipway requests penguins --since 7d --out week.parquet", does: "a week, for any other tool" },
    ],
    load: () => import("../commands/requests.ts"),
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
      REMOTE_OPTION,
    ],
    examples: [
      { command: "slipway log penguins --limit 5", does: "its last five acts" },
      { command: "slipway log --act rollback --since 30d", does: "what was taken back in a month" },
      { command: "slipway log --format csv > audit.csv", does: "all of it, for a spreadsheet" },
    ],
    load: () => import("../commands/log.ts"),
  },
  {
    name: "ledger",
    summary: "tell what was spent of each test set, and what is left",
    arguments: [{ name: "model", kind: "model", summary: "test sets that this model tried; default: all" }],
    options: [REMOTE_OPTION],
    examples: [
      { command: "slipway ledger penguins", does: "who spent its tries on what, and how many are left" },
      { command: "slipway ledger --remote origin --json", does: "every test set of the remote's registry" },
    ],
    load: () => import("../commands/ledger.ts"),
  },
  {
    name: "diff",
    summary: "compare two versions: params, data, code, metrics",
    arguments: [
      { name: "a", kind: "model", required: true, summary: "<model>@<version> or <model>#<stage>" },
      { name: "b", kind: "model", required: true, summary: "the same of another" },
    ],
    options: [REMOTE_OPTION],
    examples: [{ command: "slipway diff penguins@1 penguins@2", does: "what changed, and what it did" }],
    load: () => import("../commands/diff.ts"),
  },
];
