import type { CommandDefinition, OptionDefinition } from "../command.ts";
import { REMOTE_OPTION } from "./shared.ts";

const REASON: OptionDefinition = { flags: "--reason <text>", summary: "why; kept in the record" };

/** The commands that describe what is registered, or take it out of use: no gate decides, and no user code runs. */
export const EDITS: readonly CommandDefinition[] = [
  {
    name: "alias",
    summary: "let a name lead to a version",
    arguments: [
      { name: "model", kind: "model", required: true, summary: "the model's name" },
      { name: "alias", kind: "word", required: true, summary: "letters, digits, - and _" },
      { name: "version", kind: "word", summary: "the version's number" },
    ],
    options: [{ flags: "--delete", summary: "take the alias away" }, REMOTE_OPTION],
    examples: [
      { command: "slipway alias penguins champion 3", does: "penguins@champion, for everybody" },
      { command: "slipway alias penguins champion --delete", does: "no version has it any more" },
    ],
    load: () => import("../commands/alias.ts"),
  },
  {
    name: "tag",
    summary: "put a tag on a model or a version",
    arguments: [
      { name: "what", kind: "model", required: true, summary: "<model>, <model>@<version> or <model>@<alias>" },
      { name: "key", kind: "word", required: true, summary: "the tag's name" },
      { name: "value", kind: "word", summary: "the tag's value" },
    ],
    options: [{ flags: "--delete", summary: "take the tag away" }, REMOTE_OPTION],
    examples: [
      { command: "slipway tag penguins team birds", does: "found by slipway ls --filter \"tags.team = 'birds'\"" },
      { command: "slipway tag penguins@3 reviewed --delete", does: "of a version" },
    ],
    load: () => import("../commands/tag.ts"),
  },
  {
    name: "describe",
    summary: "describe a model or a version",
    arguments: [
      { name: "what", kind: "model", required: true, summary: "<model>, <model>@<version> or <model>@<alias>" },
      { name: "text", kind: "word", required: true, summary: "the description; an empty one takes it away" },
    ],
    options: [REMOTE_OPTION],
    examples: [{ command: 'slipway describe penguins@3 "The first on 2026 data"', does: "beside its manifest" }],
    load: () => import("../commands/describe.ts"),
  },
  {
    name: "rename",
    summary: "call a model otherwise; old names go on finding it",
    arguments: [
      { name: "model", kind: "model", required: true, summary: "the model's name" },
      { name: "name", kind: "word", required: true, summary: "a name that no model ever had" },
    ],
    options: [REASON, REMOTE_OPTION],
    examples: [{ command: "slipway rename penguins seabirds", does: "its folder and its Git tags stay penguins" }],
    load: () => import("../commands/rename.ts"),
  },
  {
    name: "archive",
    summary: "take a version out of its stages",
    arguments: [{ name: "version", kind: "model", required: true, summary: "<model>@<version>" }],
    options: [REASON, REMOTE_OPTION],
    examples: [{ command: "slipway archive penguins@2", does: "a promotion can bring it back" }],
    load: () => import("../commands/archive.ts"),
  },
  {
    name: "withdraw",
    summary: "take a version out of use, for good",
    arguments: [{ name: "version", kind: "model", required: true, summary: "<model>@<version>" }],
    options: [REASON, REMOTE_OPTION],
    examples: [
      { command: 'slipway withdraw penguins@3 --reason "leaked labels"', does: "it leaves its stages and aliases" },
    ],
    load: () => import("../commands/withdraw.ts"),
  },
  {
    name: "deprecate",
    summary: "retire a model with all its versions",
    arguments: [{ name: "model", kind: "model", required: true, summary: "the model's name" }],
    options: [REASON, REMOTE_OPTION],
    examples: [{ command: "slipway deprecate penguins", does: "its next version brings it back" }],
    load: () => import("../commands/deprecate.ts"),
  },
];
