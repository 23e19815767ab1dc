import type { PlannedModel } from "../../../schemas/plan.ts";
import type { ModelRules } from "../rules.ts";
import type { PullState } from "../state.ts";

const MOST_NAMES = 5;

/** What a reviewer of a pull request must know before the numbers, a sentence each; plain text. */
export function noticesOf({ pull, plan, rules, models }: PullState): string[] {
  const branch = pull.base;
  const planned = plan.models;
  const workflows = plan.paths.filter((path) => /^\.github\/(workflows|actions)\//.test(path));
  const keys = (test: RegExp) =>
    planned.map((model) => changedKeys(model, test)).filter(({ paths }) => paths.length > 0);
  const data = planned
    .map(({ model, reasons }) => ({
      model,
      paths: reasons.filter(({ kind }) => kind === "data").flatMap((each) => each.paths),
    }))
    .filter(({ paths }) => paths.length > 0);
  const isOld = ({ model }: { model: string }) => rules.models.get(model)?.from === "tip";
  const from = (whose: ModelRules["from"]) =>
    models
      .filter(({ model, kind }) => kind !== "removed" && rules.models.get(model)?.from === whose)
      .map(({ model }) => model);
  const fresh = from("new");
  const broken = rules.broken.length > 0 ? [] : from("broken");
  return [
    ...(pull.state === "closed" ? ["Closed without a merge: nothing of it is registered."] : []),
    ...(pull.fork
      ? [`From a fork, ${pull.headRepository ?? "which is gone"}: its runs get no secret and write nothing.`]
      : []),
    ...(workflows.length === 0 ? [] : [`Changes workflow files: ${names(workflows)}.`]),
    ...(plan.paths.includes("slipway.yaml")
      ? [`Changes slipway.yaml. The policy of ${branch} decides here; this one decides once it is merged.`]
      : []),
    ...keys(/^gates(\.|$)/)
      .filter(isOld)
      .map(
        ({ model }) => `Changes the gates of ${model}. Those of ${branch} decide here; these decide once it is merged.`,
      ),
    ...keys(/^(metrics|slices)(\.|$)/)
      .filter(isOld)
      .map(({ model, paths }) => `Changes how ${model} is measured: ${names(paths)}.`),
    ...data.filter(isOld).map(({ model, paths }) => `Changes data of ${model}: ${names(paths)}.`),
    ...(rules.broken.length === 0
      ? []
      : [`slipway.yaml on ${branch} cannot be read: until it is mended, this pull request's own rules count.`]),
    ...(broken.length === 0
      ? []
      : [
          `The spec of ${names(broken)} on ${branch} cannot be read: this pull request's own gates count, and the floors of ${branch}.`,
        ]),
    ...(fresh.length === 0
      ? []
      : [`New: ${names(fresh)}. Gates are this pull request's own, and the floors of ${branch}.`]),
  ];
}

function changedKeys({ model, reasons }: PlannedModel, test: RegExp): { model: string; paths: string[] } {
  const paths = reasons.filter(({ kind }) => kind === "spec").flatMap((reason) => reason.paths);
  return { model, paths: paths.filter((path) => test.test(path)) };
}

function names(all: readonly string[]): string {
  const shown = all.slice(0, MOST_NAMES).join(", ");
  return all.length > MOST_NAMES ? `${shown} and ${all.length - MOST_NAMES} more` : shown;
}
