import type { Alarm, MonitorState } from "../../schemas/monitoring.ts";
import type { Section } from "./report.ts";

export interface Advised {
  state: MonitorState;
  stage: string;
  /** Whether a version that was in the stage before can be brought back. */
  hasEarlier: boolean;
  /** Where a person reads it, and so how they ask for something: comments on an issue, or commands in a terminal. */
  place: "issue" | "terminal";
}

/** What a person can do about each kind of alarm, with the words to type. */
export function adviceSection({ state, stage, hasEarlier, place }: Advised): Section[] {
  if (state.state !== "alarmed") return [];
  const { model } = state;
  const kinds = new Set(state.alarms.map(({ kind }) => kind));
  const say = COMMANDS[place];
  const text = [
    ...(["bar", "rules", "drift"] as const).flatMap((kind) => (kinds.has(kind) ? [ADVICE[kind]] : [])),
    `Train again on newer data: ${say.retrain(model)}`,
    ...(kinds.has("bar") && hasEarlier
      ? [`If this version is at fault, bring back the one before: ${say.rollback(model, stage)}`]
      : []),
    `It is known and will pass: ${say.snooze(model)}`,
  ];
  return [{ title: "What to do", folded: false, text }];
}

const ADVICE: Readonly<Record<Alarm["kind"], string>> = {
  bar: "Answers are worse than the spec asks, by labels. If the world has changed, newer data help.",
  rules:
    "Rows break rules that the spec has for its columns. Ask whoever sends them first: training on such rows makes it no better.",
  drift:
    "What is asked differs from what was trained on. That alone does not say that answers are wrong: look whether a sender changed, and let labels tell.",
};

const COMMANDS = {
  issue: {
    retrain: () => "comment /retrain",
    rollback: () => "comment /rollback",
    snooze: () => "comment /snooze 7d and why",
  },
  terminal: {
    retrain: (model: string) => `slipway retrain ${model}`,
    rollback: (model: string, stage: string) => `slipway rollback ${model} ${stage} --reason "…"`,
    snooze: (model: string) => `slipway monitor ${model} --snooze 7d --reason "…"`,
  },
} as const;
