import type { ChangePlan } from "../../../app/pulls/state/plan-pull.ts";
import type { PullRules } from "../../../app/pulls/state/rules.ts";
import type { Judged, ModelState, PullState } from "../../../app/pulls/state/state.ts";
import type { PlannedModel } from "../../../schemas/plan.ts";
import type { RunResult } from "../../../schemas/run-result.ts";
import { runResult } from "../../report/run-result.ts";

export function planned(model: string, about: Partial<PlannedModel> = {}): PlannedModel {
  return {
    model,
    spec: `models/${model}/model.yaml`,
    reasons: [{ kind: "code", paths: ["a"] }],
    steps: ["predict"],
    ...about,
  };
}

export function judged(model = "penguins", about: Partial<Judged> = {}, result: Partial<RunResult> = {}): ModelState {
  return {
    ...{ model, planned: planned(model), kind: "judged", result: runResult({ model, ...result }), changes: undefined },
    run: { id: 42, attempt: 1, url: "https://github.com/acme/models/actions/runs/42" },
    charts: {},
    obstacles: [],
    blockers: { register: [], target: [] },
    ...about,
  };
}

/** What is known of an open pull request of these models. */
export function pullState(models: readonly ModelState[], about: Partial<PullState> = {}): PullState {
  const plan: Pick<ChangePlan, "base" | "head" | "models" | "problems" | "paths"> = {
    ...{ base: "a".repeat(40), head: "b".repeat(40), problems: [], paths: [] },
    models: models.flatMap((model) => model.planned ?? []),
  };
  const rules: PullRules = {
    ...{ commit: "d".repeat(40), stages: ["staging", "production"], target: "production", approvals: {}, broken: [] },
    budget: 20,
    models: new Map(models.map(({ model }) => [model, { gates: {}, from: "tip" }])),
  };
  return {
    // Nothing that is rendered asks for the project itself.
    plan: plan as ChangePlan,
    rules,
    current: rules,
    run: undefined,
    models: [...models],
    pull: {
      ...{ number: 7, head: "b".repeat(40), headRepository: "acme/models", fork: false, base: "main" },
      ...{ baseCommit: "a".repeat(40), state: "open", mergeCommit: undefined },
    },
    merged: [],
    ...about,
  };
}
