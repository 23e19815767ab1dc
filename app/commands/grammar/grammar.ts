import type { Act } from "../../../core/promotion/decide-authority.ts";
import type { Duration } from "../../../schemas/names.ts";
import { ArgumentParser, type Known, type TargetReference } from "./argument-parser.ts";

/** What may be asked of a rollout. */
export const ROLLOUT_WORDS = ["status", "pause", "resume", "abort"] as const;
export type RolloutWord = (typeof ROLLOUT_WORDS)[number];

/**
 * What each command says, once its words are read. A name that is absent follows from the thread that the comment is
 * in.
 */
export interface CommandArguments {
  promote: { model?: string; version?: number; stage: string; reason?: string };
  approve: TargetReference;
  reject: TargetReference & { reason: string };
  /** Without a stage, the one that the thread is about. */
  rollback: { model?: string; stage?: string; to?: number; reason?: string };
  rollout: { what: RolloutWord; model?: string; stage: string; reason?: string };
  hold: { model?: string; reason: string };
  unhold: { model?: string };
  retry: Record<never, never>;
  retrain: { model?: string };
  snooze: { model?: string; lasts: Duration; reason: string };
  score: Record<never, never>;
  status: { model?: string };
  compare: { from: TargetReference; to: TargetReference };
  help: Record<never, never>;
}
export type CommandName = keyof CommandArguments;
export type Command = { [Name in CommandName]: { name: Name } & CommandArguments[Name] }[CommandName];

interface Rule<Name extends CommandName> {
  /** How it is written; what is in brackets may be left out. */
  form: string;
  says: string;
  example: string;
  /** Whom the policy must allow it; undefined for everybody. */
  act: Act | undefined;
  /** Throws what is wrong, as SlipwayError. */
  read(words: ArgumentParser): CommandArguments[Name];
  /** The inverse: the words behind the name. */
  write(given: CommandArguments[Name]): (string | undefined)[];
}

export const GRAMMAR: { readonly [Name in CommandName]: Rule<Name> } = {
  promote: {
    form: "/promote [model[@version]] stage [reason]",
    says: "puts the version into the stage, if its gates allow it and the approvals that the policy asks for are there",
    example: "/promote penguins@3 production",
    act: "promote",
    read: (words) => {
      const named = words.versionBeforeStage();
      const stage = words.stage();
      return {
        ...named,
        stage,
        ...words.reasonNoVersion((version) => `/promote ${named.model ?? "model"}@${version} ${stage}`),
      };
    },
    write: ({ stage, reason, ...version }) => [referenceWord(version), stage, reason],
  },
  approve: {
    form: "/approve [model]",
    says: "says yes to a request that waits here; the gates decide again, and the last approval needed promotes",
    example: "/approve",
    act: "approve",
    read: (words) => words.optionalReference(),
    write: (request) => [referenceWord(request)],
  },
  reject: {
    form: "/reject [model] reason",
    says: "says no to a request that waits here",
    example: "/reject recall on Dream is too low for the field season",
    act: "reject",
    read: (words) => ({ ...words.referenceBeforeReason(), ...words.mustReason() }),
    write: ({ reason, ...request }) => [referenceWord(request), reason],
  },
  rollback: {
    form: "/rollback [model] stage [to version] [reason]",
    says: "brings back what was in the stage before; gates and approvals are not asked again. On a monitoring issue the stage may be left out: `/rollback` or `/rollback to 2`",
    example: "/rollback production to 2 complaints since Monday",
    act: "rollback",
    read: (words) => {
      if (words.namesNoStage()) return { ...words.target(), ...words.reason() };
      const model = words.modelBeforeStage();
      const stage = words.stage();
      const target = words.target();
      const reason = target.to === undefined ? words.reasonNoVersion((version) => `to ${version}`) : words.reason();
      return { ...model, stage, ...target, ...reason };
    },
    write: ({ model, stage, to, reason }) => [model, stage, to === undefined ? undefined : `to ${to}`, reason],
  },
  rollout: {
    form: "/rollout status|pause|resume|abort [model] stage [reason]",
    says: "tells how the version that is on its way into the stage does; pauses, resumes or ends that",
    example: "/rollout pause production the sensors are being calibrated",
    act: "rollout",
    read: (words) => {
      const what = words.oneOf(ROLLOUT_WORDS);
      const model = words.modelBeforeStage();
      return { what, ...model, stage: words.stage(), ...words.reason() };
    },
    write: ({ what, model, stage, reason }) => [what, model, stage, reason],
  },
  hold: {
    form: "/hold [model] reason",
    says: "lets no version of the model be promoted until it is released; rolling back stays possible",
    example: "/hold penguins the sensors are being calibrated",
    act: "hold",
    read: (words) => ({ ...words.modelBeforeReason(), ...words.mustReason() }),
    write: ({ model, reason }) => [model, reason],
  },
  unhold: {
    form: "/unhold [model]",
    says: "releases the model",
    example: "/unhold penguins",
    act: "unhold",
    read: (words) => words.model(),
    write: ({ model }) => [model],
  },
  retry: {
    form: "/retry",
    says: "runs the failed jobs of this pull request's pipeline again; after merging, the default branch's",
    example: "/retry",
    act: "retry",
    read: () => ({}),
    write: () => [],
  },
  retrain: {
    form: "/retrain [model]",
    says: "looks whether the model's data outside the repository has moved, and opens a pull request with the new pins if it has",
    example: "/retrain penguins",
    act: "retrain",
    read: (words) => words.model(),
    write: ({ model }) => [model],
  },
  snooze: {
    form: "/snooze [model] time reason",
    says: "has monitoring open no issue and do nothing by itself for the time: `7d`, `12h`; alarms are recorded all the same",
    example: "/snooze penguins 7d the sensors are being calibrated",
    act: "snooze",
    read: (words) => ({ ...words.modelBeforeDuration(), lasts: words.duration(), ...words.mustReason() }),
    write: ({ model, lasts, reason }) => [model, lasts, reason],
  },
  score: {
    form: "/score",
    says: "scores what a fork's pull request predicted, on sealed labels, as far as it was reported here before",
    example: "/score",
    act: "score",
    read: () => ({}),
    write: () => [],
  },
  status: {
    form: "/status [model]",
    says: "tells versions, stages, holds and waiting requests",
    example: "/status",
    act: undefined,
    read: (words) => words.model(),
    write: ({ model }) => [model],
  },
  compare: {
    form: "/compare a b",
    says: "compares two versions (`penguins@3`, `3`, or a stage's name): metrics, params, data, code",
    example: "/compare production 3",
    act: undefined,
    read: (words) => ({ from: words.side(), to: words.side() }),
    write: ({ from, to }) => [sideWord(from), sideWord(to)],
  },
  help: {
    form: "/help",
    says: "shows this table",
    example: "/help",
    act: undefined,
    read: () => ({}),
    write: () => [],
  },
};

export const COMMAND_NAMES = Object.keys(GRAMMAR) as CommandName[];

/** Reads what stands behind a command's name. Throws USAGE or STAGE_UNKNOWN, with how the command is written. */
export function parseCommand(name: CommandName, text: string, known: Known): Command {
  const rule = GRAMMAR[name] as Rule<CommandName>;
  const words = new ArgumentParser(text, known, rule.form);
  const read = rule.read(words);
  words.end();
  return { name, ...read } as Command;
}

/** The inverse of parseCommand: the line that means the command. */
export function formatCommand({ name, ...given }: Command): string {
  const rule = GRAMMAR[name] as Rule<CommandName>;
  const words = rule.write(given as CommandArguments[CommandName]);
  return [`/${name}`, ...words.filter((word) => word !== undefined && word !== "")].join(" ");
}

function referenceWord({ model, version, stage }: TargetReference): string | undefined {
  if (version !== undefined) return `${model}@${version}`;
  return stage === undefined ? model : `${model}#${stage}`;
}

function sideWord(side: TargetReference): string {
  return side.model === undefined ? String(side.version ?? side.stage) : String(referenceWord(side));
}
