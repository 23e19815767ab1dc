import { readPolicy } from "../../../core/acts/policy.ts";
import { SlipwayError } from "../../../core/errors.ts";
import { defaultTip } from "../../repositories/read-mirror.ts";
import { type Answer, deniedAnswer } from "./answer.ts";
import type { CommandContext } from "./command-context.ts";
import { type Rerun, rerunPipeline } from "./rerun-pipeline.ts";

/** `/retry`: runs the pull request's pipeline again; once it is merged, the default branch's pipeline on the merge. */
export async function retry({ context, requester, thread, at }: CommandContext): Promise<Answer> {
  const refusal = await requester.authorize("retry")(await readPolicy(context.ports, await defaultTip(context)));
  if (refusal) return deniedAnswer(refusal);
  if (thread.kind !== "pull") throw nothing("This is no pull request: there is no run to repeat.");
  if (thread.state === "closed") throw nothing("This pull request was closed without being merged.");
  if (thread.state === "open")
    return told(await rerunPipeline(context, { commit: thread.head, event: "pull_request", asked: at }));
  if (thread.mergeCommit === undefined) throw nothing("GitHub does not say which commit this was merged as.");
  return told(await rerunPipeline(context, { commit: thread.mergeCommit, event: "push", asked: at }));
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
