import type { CommitId } from "../../schemas/names.ts";
import type { RunResult } from "../../schemas/run-result.ts";
import { type Refused, refused } from "./refusal.ts";

/** What the App knows of a run by itself: from GitHub and from Git, never from the result. */
export interface KnownRun {
  id: number;
  attempt: number;
  /** What the run is about: the pull request's head, the pushed commit, the merge group's head. */
  head: CommitId;
  /** The default branch's own push or dispatch: only that run binds. */
  binding: boolean;
}

/** Compares what a result says of itself with the run and the model that it is said to be of. */
export function checkResult(result: RunResult, model: string, run: KnownRun): RunResult | Refused {
  const wrong = mismatch(result, model, run);
  if (wrong === undefined) return result;
  const { what, expected, found } = wrong;
  return refused("RESULT_MISMATCH", `The result's ${what} is not the run's: expected ${expected}, found ${found}.`);
}

function mismatch(result: RunResult, model: string, run: KnownRun) {
  if (result.model !== model) return { what: "model", expected: model, found: result.model };
  if (!isRunOf(result.run, model, run)) {
    return { what: "run", expected: `${run.id}-${run.attempt}-${model}`, found: result.run };
  }
  const { commit, dirty } = result.source;
  if (commit !== run.head) return { what: "commit", expected: run.head, found: commit ?? "none" };
  if (dirty) return { what: "work tree", expected: "a clean one", found: "changes that are not committed" };
  const binding = [result.binding, result.evaluation?.binding ?? run.binding];
  if (binding.some((each) => each !== run.binding)) {
    const words = (binds: boolean) => (binds ? "binding" : "advisory");
    return { what: "standing", expected: words(run.binding), found: words(!run.binding) };
  }
  const unscored = result.unscored !== undefined && !run.binding;
  if (result.outcome === "succeeded" && result.evaluation === undefined && !unscored) {
    return { what: "outcome", expected: "an evaluation", found: "none" };
  }
  return undefined;
}

/** Jobs that were not run again keep the attempt that they were run in. */
function isRunOf(text: string, model: string, { id, attempt }: KnownRun): boolean {
  const [, run, made = "", rest] = /^(\d{1,19})-([1-9]\d{0,5})-(.+)$/.exec(text) ?? [];
  return run === String(id) && Number(made) <= attempt && rest === model;
}
