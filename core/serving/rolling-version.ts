import type { Timestamp } from "../../schemas/names.ts";
import type { RolloutFigures, RolloutPlan, RolloutReport, RolloutStep } from "../../schemas/rollout.ts";
import { timestamp } from "../clock.ts";
import { abortOf } from "../rollout/abort.ts";
import { figuresOf, NO_FIGURES, sumFigures } from "../rollout/figures.ts";
import { stepEnd } from "../rollout/plan.ts";
import { type Route, routeOf } from "../rollout/route.ts";
import type { VerifiedTarget } from "./verify-target.ts";

/** What the registry has on its way into a stage: `decision` began it. */
export interface RollingTarget extends VerifiedTarget {
  plan: RolloutPlan;
  /** From 0. */
  step: number;
  /** When the step began, by its record. */
  since: Timestamp;
}

/** A rollout as people look at it. */
export interface RollingStatus {
  version: number;
  decision: string;
  /** From 1. */
  step: number;
  steps: number;
  /** Why this process routes to it no more, though its records do not say so yet. */
  stopped?: string;
  figures: RolloutFigures;
}

/** How one process routes to a version that rolls out, and what it counts of it. */
export interface RollingVersion {
  readonly target: RollingTarget;
  /** The plan's step that it is in. */
  step(): RolloutStep;
  /** Another step of the same rollout: counts begin anew, and what was stopped stays so. */
  move(target: RollingTarget): void;
  route(key: string): Route;
  /** Counts a request of this step; what was asked in an earlier one is over. */
  count(step: number, request: Parameters<typeof figuresOf>[0]): void;
  /** Whether a record may rest on what was counted by now: a rule is broken, or the step's time is over. */
  isDecisive(): boolean;
  status(): RollingStatus;
  /** What was counted of the step so far. */
  report(replica: string): RolloutReport;
}

const STABLE: Route = { answers: "stable", shadows: false };

/** `onStop` is told once, when a rule of the plan is broken: from then on the live version answers everybody. */
export function rollingVersion(
  first: RollingTarget,
  onStop: (reason: string) => void,
  clock: () => Date,
): RollingVersion {
  let target = first;
  let figures = NO_FIGURES;
  let began = clock();
  let stopped: string | undefined;

  const step = () => target.plan.steps[target.step] as RolloutStep;
  return {
    get target() {
      return target;
    },
    step,
    move(next) {
      if (next.step !== target.step) {
        figures = NO_FIGURES;
        began = clock();
      }
      target = next;
    },
    route: (key) => (stopped === undefined ? routeOf({ decision: target.decision, step: step() }, key) : STABLE),
    count(of, request) {
      if (of !== target.step) return;
      figures = sumFigures([figures, figuresOf(request)]);
      const { broken } = abortOf(target.plan.abort ?? [], step(), figures);
      if (stopped !== undefined || broken.length === 0) return;
      stopped = broken.join("; ");
      onStop(stopped);
    },
    isDecisive: () => stopped !== undefined || timestamp(clock()) >= stepEnd(step(), target.since),
    status: () => ({
      ...{ version: target.version, decision: target.decision, step: target.step + 1, steps: target.plan.steps.length },
      ...(stopped === undefined ? {} : { stopped }),
      figures,
    }),
    report: (replica) => ({
      ...{ slipway: 1, model: target.model, stage: target.stage, version: target.version, decision: target.decision },
      ...{ step: target.step, replica, since: timestamp(began), until: timestamp(clock()), figures },
    }),
  };
}
