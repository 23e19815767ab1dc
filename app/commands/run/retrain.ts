import { basename } from "node:path/posix";
import { formatMonitorTitle } from "../../../core/acts/monitor-title.ts";
import { readPolicy } from "../../../core/acts/policy.ts";
import { SlipwayError } from "../../../core/errors.ts";
import { WORKFLOWS } from "../../../core/github.ts";
import { openCommit } from "../../../core/source/commit.ts";
import type { EventContext } from "../../github/event-context.ts";
import { defaultTip } from "../../repositories/read-mirror.ts";
import type { CommandArguments } from "../grammar/grammar.ts";
import { resolveModel } from "../grammar/resolve-target.ts";
import { type Answer, deniedAnswer } from "./answer.ts";
import type { CommandContext } from "./command-context.ts";

/**
 * `/retrain`: has the default branch's own run look whether the model's data moved, since this host may not read it. What the run
 * finds becomes a pull request, and is told where it was asked for (see `takeMonitoring`).
 */
export async function retrain(
  { context, requester, thread, known }: CommandContext,
  given: CommandArguments["retrain"],
): Promise<Answer> {
  const tip = await defaultTip(context);
  const refusal = await requester.authorize("retrain")(await readPolicy(context.ports, tip));
  if (refusal) return deniedAnswer(refusal);
  const model = resolveModel(given.model, thread, known);
  const url = await lookForMovedData(context, { model, thread: thread.number });
  return {
    sign: "waiting",
    title: `Looking whether the data of ${model} has moved`,
    said: [
      "The default branch's own run looks. If it has, a pull request with the new pins opens; the answer comes here.",
    ],
    link: { text: "the runs that monitor", url },
  };
}

/**
 * Starts the run that looks, for an answer in `thread` if there is one; resolves to the page of such runs. Twice is harmless:
 * the second run finds the pull request of the first. Rejects with UNSUPPORTED where the repository has no such workflow.
 */
export async function lookForMovedData(
  context: EventContext,
  { model, thread }: { model: string; thread?: number },
): Promise<string> {
  const { octokit, repository, ports } = context;
  const { path } = WORKFLOWS.monitor;
  const [workflow] = await openCommit(ports.objects, await defaultTip(context)).blobs([path]);
  if (workflow === undefined)
    throw new SlipwayError("UNSUPPORTED", `${repository.defaultBranch} has no ${path}, which looks at data.`, {
      hint: "Bring it there: `slipway init --github` writes it.",
    });
  const { actions } = octokit.rest;
  const where = { owner: repository.owner, repo: repository.name, workflow_id: basename(path) };
  const { data } = await actions.listWorkflowRuns({ ...where, event: "workflow_dispatch", per_page: 30 });
  const title = formatMonitorTitle({ models: model, thread });
  if (!data.workflow_runs.some((run) => run.display_title === title && run.status !== "completed")) {
    const inputs = { models: model, retrain: "true", ...(thread === undefined ? {} : { thread: String(thread) }) };
    await actions.createWorkflowDispatch({ ...where, ref: repository.defaultBranch, inputs, request: { retries: 0 } });
  }
  return `${repository.url}/actions/workflows/${basename(path)}`;
}
