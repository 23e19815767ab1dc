import type { CommandDefinition } from "../command.ts";
import { REMOTE_OPTION, VERSION } from "./shared.ts";

/** The commands that look after a registry, and serve it. */
export const UPKEEP: readonly CommandDefinition[] = [
  {
    name: "verify",
    summary: "check the registry: objects, branch, tags, records, artifacts",
    arguments: [],
    options: [
      REMOTE_OPTION,
      {
        flags: "--repair",
        summary: "mend what can be mended in one way only: stale locks, missing tags, damaged objects",
      },
      { flags: "--artifacts", summary: "hash every stored file; without it, names and sizes are looked at" },
      {
        flags: "--accept <commit>",
        summary: "record first that you accept the times of this commit and all before it",
      },
      { flags: "--strict", summary: "report commits that nothing here proves, too" },
      { flags: "--from <copy>", summary: "with --repair: a folder or URL that has the registry; default: the remotes" },
    ],
    examples: [
      { command: "slipway verify", does: "name each inconsistency; exit 3 if there is one" },
      {
        command: "slipway verify --repair --from ../backup.git",
        does: "bring back what a copy has, and write missing tags",
      },
    ],
    load: () => import("../commands/verify.ts"),
  },
  {
    name: "monitor",
    summary: "compare what live versions are asked and answer with what they were trained on",
    arguments: [{ name: "models", kind: "model", variadic: true, summary: "model names; default: all that are live" }],
    options: [
      {
        flags: "--at <when>",
        summary: "windows that were over by then: a day, a time with its zone, or 7d; default: now",
      },
      { flags: "--history", summary: "look at nothing new: tell what was found, window by window" },
      { flags: "--act", summary: "do what the policy's `monitor.then` wants done about alarms" },
      { flags: "--snooze <duration>", summary: "do nothing about the models' alarms for so long: 7d; off ends it" },
      { flags: "--reason <text>", summary: "with --snooze: why" },
      REMOTE_OPTION,
    ],
    examples: [
      { command: "slipway monitor", does: "look at what is new; exit 1 if a model is alarmed" },
      { command: "slipway monitor --act", does: "and keep ALARM.md on the branch monitoring, roll back, retrain" },
      { command: "slipway monitor penguins --history", does: "its windows, oldest first" },
      { command: 'slipway monitor penguins --snooze 7d --reason "known"', does: "leave it alone for a week" },
    ],
    load: () => import("../commands/monitor.ts"),
  },
  {
    name: "gc",
    summary: "list what no record names of what the artifact store holds; remove it with --yes",
    arguments: [],
    options: [{ flags: "--yes", summary: "remove it, for good; what is younger than two days stays" }],
    examples: [
      { command: "slipway gc", does: "list it, and remove nothing" },
      { command: "slipway gc --yes", does: "remove it, or print what the store's owner has to type" },
    ],
    load: () => import("../commands/gc.ts"),
  },
  {
    name: "serve",
    summary: "answer requests by the versions in a stage, over HTTP",
    arguments: [
      { name: "models", kind: "model", variadic: true, summary: "model names; default: all that are in the stage" },
    ],
    options: [
      { flags: "--stage <name>", summary: "the stage; default: production" },
      { flags: "--port <n>", summary: "where to listen; default: 8080, 0 for any free port" },
      { flags: "--host <name>", summary: "which address; default: 127.0.0.1, any other needs a token" },
      { flags: "--token-file <file>", summary: "the token that requests carry; default: $SLIPWAY_SERVE_TOKEN" },
      { flags: "--open", summary: "ask nobody for a token, on any address: somebody in front lets people in" },
      { flags: "--lazy", summary: "start a model's programs with its first request" },
      { flags: "--prepare", summary: "in a package: set up its environment, and answer nothing" },
      REMOTE_OPTION,
    ],
    examples: [
      { command: "slipway serve penguins", does: "what is in production answers, and what is promoted next" },
      { command: "slipway serve --stage staging --port 8081", does: "every model that is in staging" },
    ],
    load: () => import("../commands/serve.ts"),
  },
  {
    name: "package",
    summary: "write a version as a build context of a container image that answers by it",
    arguments: [{ name: "version", kind: "model", required: true, summary: VERSION }],
    options: [{ flags: "--to <folder>", summary: "a new folder; default: <model>-<version>-image" }, REMOTE_OPTION],
    examples: [
      { command: "slipway package penguins@3", does: "code, lock files, artifact reference, Dockerfile" },
      { command: "docker build penguins-3-image", does: "or with any other builder" },
    ],
    load: () => import("../commands/package.ts"),
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
        summary: "an MLflow server; the files of its runs are copied when they are registered",
      },
      { flags: "--ui <url>", summary: "where `slipway ui` or an App has pages: browsers are sent there" },
    ],
    examples: [
      { command: "slipway serve-registry", does: "for clients on this machine" },
      { command: "slipway serve-registry --port 0 --json", does: "on any free port, for a script" },
    ],
    load: () => import("../commands/serve-registry.ts"),
  },
  {
    name: "ui",
    summary: "look at models, experiments and decisions in a browser",
    arguments: [],
    options: [
      { flags: "--write", summary: "act from there as well, as Git's user; default: only look" },
      { flags: "--port <n>", summary: "where to listen, on this machine alone; default: 5050, 0 for any free port" },
      { flags: "--host <address>", summary: "localhost or ::1 in place of 127.0.0.1" },
      { flags: "--no-open", summary: "print the address, and open no browser" },
    ],
    examples: [
      { command: "slipway ui", does: "print the address of its pages, for this machine alone" },
      { command: "slipway ui --write", does: "promote, approve and describe from there as well" },
    ],
    load: () => import("../commands/ui.ts"),
  },
];
