import { basename } from "node:path/posix";
import { z } from "zod";
import { type ComparedPair, formatCompareTitle } from "../../../core/acts/compare-title.ts";
import type { StageOutcome } from "../../../core/acts/decide-stage.ts";
import { WORKFLOWS } from "../../../core/github.ts";
import type { EventContext } from "../../github/event-context.ts";
import type { Answer } from "./answer.ts";

/**
 * Has versions compared by the default branch's own run, since this host may not read what it takes; the answer says so. What
 * the run finds decides the request (see `takeComparison`).
 */
export async function comparing(
  context: EventContext,
  { request, pairs }: Extract<StageOutcome, { outcome: "comparing" }>,
): Promise<Answer> {
  const { model, version, stage } = request;
  let url = "";
  for (const pair of pairs) url = await startComparison(context, pair);
  const others = pairs.map(({ live, stage: at }) => `version ${live}, which is in ${at} now`).join(", and with ");
  return {
    sign: "waiting",
    title: `Comparing first: ${model} version ${version} with ${others}`,
    said: [
      `It was not compared with that yet, and this host may not read the store. The default branch's own run compares them; then this request for ${stage} is decided, and the answer comes here.`,
    ],
    link: { text: "the comparison's run", url },
    small: [`request ${request.id.slice(0, 12)}`],
    changed: true,
  };
}

const Run = z.object({ display_title: z.string(), status: z.string().nullable(), html_url: z.string() });

/** Starts the run that compares a pair, unless one is under way; resolves to its page, or to that of all such runs. */
export async function startComparison({ octokit, repository }: EventContext, pair: ComparedPair): Promise<string> {
  const { actions } = octokit.rest;
  const workflow_id = basename(WORKFLOWS.compare.path);
  const where = { owner: repository.owner, repo: repository.name, workflow_id };
  const { data } = await actions.listWorkflowRuns({ ...where, event: "workflow_dispatch", per_page: 30 });
  const title = formatCompareTitle(pair);
  const going = data.workflow_runs
    .map((run) => Run.parse(run))
    .find(({ display_title, status }) => display_title === title && status !== "completed");
  if (going !== undefined) return going.html_url;
  const { model, version, stage, live } = pair;
  const inputs = { model, version: String(version), stage, live: String(live) };
  // A lost answer must not start a second one: the event is handled again, and finds the run that is under way.
  await actions.createWorkflowDispatch({ ...where, ref: repository.defaultBranch, inputs, request: { retries: 0 } });
  return `${repository.url}/actions/workflows/${workflow_id}`;
}
