import type { RolloutFigures, RolloutPlan, RolloutRecord, RolloutState } from "../../schemas/rollout.ts";
import { toSecond } from "../clock.ts";
import { latencyQuantile } from "../rollout/latency.ts";
import { stepWords } from "../rollout/plan.ts";
import { left, type Mark, type Report, right, type Section } from "./report.ts";
import { counted } from "./verdict-words.ts";

/** How a rollout stands, and what it waits for. */
export function rolloutReport({
  rolling: { model, stage, state, plan },
  evidence,
  reason,
}: {
  rolling: { model: string; stage: string; state: RolloutState; plan: RolloutPlan };
  evidence?: { figures: RolloutFigures; until: string } | undefined;
  reason: string;
}): Report {
  const { version, step, since, decision, paused } = state;
  return {
    title: `${model} version ${version}`,
    verdict: {
      mark: "note",
      text: `on its way to ${stage}, ${paused === undefined ? "in" : "paused in"} step ${step + 1} of ${plan.steps.length}: ${reason}`,
    },
    notices: [],
    sections: [stepSection(plan, state), ...figureSection(evidence)],
    footer: [`Rollout ${decision.slice(0, 12)}, in this step since ${toSecond(since)}.`],
  };
}

const DONE: Record<
  RolloutRecord["act"],
  { mark: Mark; words: (of: RolloutRecord) => string; would: (of: RolloutRecord) => string }
> = {
  advance: {
    mark: "pass",
    words: ({ stage, step }) => `goes on to ${stage}: step ${step + 1}`,
    would: ({ stage, step }) => `would go on to ${stage}: step ${step + 1}`,
  },
  complete: { mark: "pass", words: ({ stage }) => `in ${stage}`, would: ({ stage }) => `would go to ${stage}` },
  pause: {
    mark: "inconclusive",
    words: ({ stage }) => `its rollout to ${stage} is paused`,
    would: ({ stage }) => `its rollout to ${stage} would be paused`,
  },
  resume: {
    mark: "note",
    words: ({ stage }) => `its rollout to ${stage} goes on`,
    would: ({ stage }) => `its rollout to ${stage} would go on`,
  },
  abort: {
    mark: "fail",
    words: ({ stage }) => `not rolled out to ${stage} any more, which stays as it was`,
    would: ({ stage }) => `its rollout to ${stage} would end`,
  },
};

/** What a record of a rollout says; of a preview, what it would. */
export function stepReport({ rollout }: { rollout: RolloutRecord }, { preview = false } = {}): Report {
  const { model, version, act, decision, n, reason, figures, until = "", by, at } = rollout;
  const { mark, words, would } = DONE[act];
  return {
    title: `${model} version ${version}`,
    verdict: { mark, text: (preview ? would : words)(rollout) },
    notices: [`Why: ${reason}`],
    sections: figureSection(figures && { figures, until }),
    footer: [
      preview
        ? "Nothing was recorded."
        : `Record ${n} of rollout ${decision.slice(0, 12)}, by ${by.name} at ${toSecond(at)}.`,
    ],
  };
}

function stepSection({ steps, abort = [] }: RolloutPlan, state: RolloutState): Section {
  const columns = [right("Step"), left("What"), left("State")];
  const stateOf = (at: number) =>
    at < state.step ? "over" : at > state.step ? "to come" : `since ${toSecond(state.since)}`;
  const rows = steps.map((step, at) => [String(at + 1), stepWords(step), stateOf(at)]);
  const rules = abort.map(
    (rule) => `${rule.metric} at most ${rule["at-most"]} over ${counted(rule["min-requests"], "request")}`,
  );
  const text = rules.length === 0 ? [] : [`The rollout ends by itself if it breaks a rule: ${rules.join("; ")}.`];
  return { title: "Steps", folded: false, text, table: { columns, rows } };
}

function figureSection(evidence: { figures: RolloutFigures; until: string } | undefined): Section[] {
  if (evidence === undefined) return [];
  const { requests, errors, compared, disagreed } = evidence.figures;
  const p99 = latencyQuantile(evidence.figures, 0.99);
  const columns = [left("Of this step"), right("Counted")];
  const rows = [
    ["requests", String(requests)],
    ["errors", String(errors)],
    ["latency, 99th percentile", p99 === undefined ? "–" : `${p99} ms`],
    ["rows compared", String(compared)],
    ["rows that disagree", String(disagreed)],
  ];
  return [
    {
      title: "Figures",
      folded: false,
      text: [`All up to ${toSecond(evidence.until)}; what came later may not be counted yet.`],
      table: { columns, rows },
    },
  ];
}
