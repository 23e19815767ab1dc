import type { CommandDefinition } from "../command.ts";
import { FRESH_OPTION, HERE_OPTION, REMOTE_OPTION, VERSION } from "./shared.ts";

/** The commands that make a version, and decide where it serves. */
export const DECISIONS: readonly CommandDefinition[] = [
  {
    name: "register",
    summary: "make a version of the default branch's model",
    arguments: [{ name: "model", kind: "model", required: true, summary: "the model's name" }],
    options: [REMOTE_OPTION, HERE_OPTION, FRESH_OPTION],
    examples: [
      { command: "slipway register penguins", does: "version 1, then 2, 3 …" },
      { command: "slipway register penguins --remote origin", does: "from origin's default branch, into its registry" },
    ],
    load: () => import("../commands/register.ts"),
  },
  {
    name: "evaluate",
    summary: "evaluate a version that was imported, on the platform's test data",
    arguments: [{ name: "version", kind: "model", required: true, summary: VERSION }],
    options: [HERE_OPTION, REMOTE_OPTION],
    examples: [
      {
        command: "slipway evaluate churn@3",
        does: "by the default branch's models/churn/model.yaml; promotions go by it",
      },
      { command: "slipway evaluate churn@staging --remote origin", does: "what is in staging, in origin's registry" },
    ],
    load: () => import("../commands/evaluate.ts"),
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
      REMOTE_OPTION,
    ],
    examples: [
      { command: "slipway promote penguins@2 production", does: "the gates decide" },
      { command: "slipway promote penguins production --dry-run", does: "what would they say of the latest?" },
    ],
    load: () => import("../commands/promote.ts"),
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
      REMOTE_OPTION,
    ],
    examples: [
      { command: "slipway rollback penguins production", does: "to what was live before" },
      { command: 'slipway rollback penguins production --to 1 --reason "drift"', does: "further back" },
    ],
    load: () => import("../commands/rollback.ts"),
  },
  {
    name: "rollout",
    summary: "take the next step of versions that are on their way into a stage, by what was counted",
    arguments: [
      { name: "model", kind: "model", summary: "the model's name; default: all models" },
      { name: "stage", kind: "stage", summary: "a stage of the policy; default: all stages" },
    ],
    options: [
      { flags: "--pause", summary: "stay in the step until it is resumed" },
      { flags: "--resume", summary: "go on" },
      { flags: "--abort", summary: "end it; the stage stays as it was" },
      { flags: "--report <file>", summary: "a signed report of a replica, beside those in the store", repeat: true },
      { flags: "--reason <text>", summary: "why; kept in the record" },
      { flags: "--dry-run", summary: "say what would be, and record nothing" },
      REMOTE_OPTION,
    ],
    examples: [
      { command: "slipway rollout", does: "every rollout that is under way: wait, advance, pause or abort" },
      { command: 'slipway rollout penguins production --abort --reason "complaints"', does: "ends it" },
      { command: "slipway rollout penguins production --dry-run", does: "how does it stand?" },
    ],
    load: () => import("../commands/rollout.ts"),
  },
  {
    name: "deploy",
    summary: "bring the branch deploy, which a cluster follows, up to the registry",
    arguments: [],
    options: [
      { flags: "--check", summary: "write nothing: say how the branch differs, and exit with 1 if it does" },
      { flags: "--to <folder>", summary: "write the files into a new folder, and leave the branch alone" },
      REMOTE_OPTION,
    ],
    examples: [
      { command: "slipway deploy", does: "after slipway.yaml changed: each decision does it by itself" },
      { command: "slipway deploy --check --remote origin", does: "is origin's branch what its registry asks for?" },
      { command: "slipway deploy --to manifests", does: "look at what would be applied" },
    ],
    load: () => import("../commands/deploy.ts"),
  },
];
