import { readPolicy } from "../../../core/acts/policy.ts";
import { SlipwayError } from "../../../core/errors.ts";
import { tipOf } from "../../repositories/read-mirror.ts";
import { type Answer, denied } from "./answer.ts";
import type { Asking } from "./asking.ts";
import { type Rerun, rerunPipeline } from "./rerun-pipeline.ts";

/** `/retry`: the pull request's run again; after merging, the default branch's of the merge. */
export async function retry({ host, asker, place, at }: Asking): Promise<Answer> {
  const refusal = await asker.allowed("retry")(await readPolicy(host.ports, await tipOf(host)));
  if (refusal) return denied(refusal);
  if (place.kind === "issue") throw nothing("This is no pull request: there is no run to repeat.");
  if (place.state === "closed") throw nothing("This pull request was closed without being merged.");
  if (place.state === "open")
    return told(await rerunPipeline(host, { commit: place.head, event: "pull_request", asked: at }));
  if (place.mergeCommit === undefined) throw nothing("GitHub does not say which commit this was merged as.");
  return told(await rerunPipeline(host, { commit: place.mergeCommit, event: "push", asked: at }));
}

function told(rerun: Rerun): Answer {
  switch (rerun.outcome) {
    case "started":
      return {
        sign: "done",
        title: rerun.jobs === "all" ? "The pipeline runs again" : "The jobs that failed run again",
        said: ["The comment and the checks follow when it has finished."],
        link: { text: "the run", url: rerun.url },
      };
    case "started-before":
      return { sign: "done", title: "The pipeline was started again", link: { text: "the run", url: rerun.url } };
    case "running":
      return { sign: "note", title: "The pipeline has not finished yet", link: { text: "the run", url: rerun.url } };
    case "passed":
      return { sign: "note", title: "Nothing failed in the pipeline", link: { text: "the run", url: rerun.url } };
    case "needs-approval":
      return {
        sign: "refused",
        title: "This run waits for a maintainer's approval on GitHub",
        link: { text: "the run", url: rerun.url },
        small: ["NOTHING_TO_RETRY"],
      };
    case "none":
      throw nothing("The pipeline has not run on this commit.");
    case "refused":
      return {
        sign: "refused",
        title: "GitHub did not run it again",
        said: [rerun.why],
        next: "Push a commit to start a new run.",
        link: { text: "the run", url: rerun.url },
        small: ["NOTHING_TO_RETRY"],
      };
  }
}

function nothing(message: string): SlipwayError {
  return new SlipwayError("NOTHING_TO_RETRY", message, { hint: "A push to a pull request starts a run." });
}
