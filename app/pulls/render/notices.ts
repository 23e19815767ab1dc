import { changeNotices, repositoryNotices, someOf } from "../../../core/report/change-notices.ts";
import type { ModelRules } from "../state/rules.ts";
import type { ChangeState, ModelState, PullState } from "../state/state.ts";

/** What a reviewer of a pull request must know before the numbers, a sentence each; plain text. */
export function noticesOf(state: PullState): string[] {
  const { pull, plan, rules, models } = state;
  const branch = pull.base;
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
    ...repositoryNotices(plan.paths, branch),
    ...models.flatMap((model) => modelNotices(state, model, branch)),
    ...(rules.broken.length === 0
      ? []
      : [`slipway.yaml on ${branch} cannot be read: until it is mended, this pull request's own rules count.`]),
    ...(broken.length === 0
      ? []
      : [
          `The spec of ${someOf(broken)} on ${branch} cannot be read: this pull request's own gates count, and the floors of ${branch}.`,
        ]),
    ...(fresh.length === 0
      ? []
      : [`New: ${someOf(fresh)}. Gates are this pull request's own, and the floors of ${branch}.`]),
  ];
}

/** What a pull request touches of one model. Nothing for a new model: all of it is new. */
export function modelNotices({ rules }: Pick<ChangeState, "rules">, { model, planned }: ModelState, branch: string) {
  const isNew = rules.models.get(model)?.from === "new" && planned?.reasons.every(({ kind }) => kind !== "removed");
  return planned === undefined || isNew ? [] : changeNotices(planned, branch);
}
