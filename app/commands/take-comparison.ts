import { z } from "zod";
import { keepComparisons } from "../../core/acts/compare-later.ts";
import { type ComparedPair, parseCompareTitle } from "../../core/acts/compare-title.ts";
import { isCompleteRun } from "../../core/acts/manifest-of.ts";
import { openRequests } from "../../core/acts/open-requests.ts";
import { checkWorkflow } from "../../core/attested/check-workflow.ts";
import { attestedBy, readResults } from "../../core/attested/read-results.ts";
import { type Refused, refused } from "../../core/attested/refusal.ts";
import { expectedAndFound } from "../../core/errors.ts";
import type { Refusal } from "../../schemas/decision.ts";
import type { Problem } from "../../schemas/problem.ts";
import type { PromotionRequest } from "../../schemas/promotion-request.ts";
import { ensureDeployment } from "../deployments/ensure.ts";
import { githubIdOf, personOf } from "../github/account.ts";
import type { EventContext } from "../github/event-context.ts";
import type { WorkflowRun } from "../pulls/results/workflow-run.ts";
import { defaultTip, isInHistory, registryOf } from "../repositories/read-mirror.ts";
import { answerAll } from "./answer-all.ts";
import { formatCommand } from "./grammar/grammar.ts";
import { promoteByPolicy } from "./promote-registered.ts";
import { publishAnswers } from "./publish-answers.ts";
import type { ThreadRef } from "./read-thread-state.ts";

/**
 * The run that compares two versions has ended: what it attests is kept, and each request that waits for it is decided, in
 * the name of who asked, whose rights are read again. A run that failed decides them, too: on what there is. One that somebody
 * started about other versions than those that are in use now decides nobody's request.
 */
export async function takeComparison(context: EventContext, run: WorkflowRun): Promise<void> {
  const pair = parseCompareTitle(run.display_title ?? "");
  if (pair === undefined) return context.log.info({ run: run.id }, "a comparison that nobody here asked for");
  await context.refresh();
  const kept = await keep(context, run, pair);
  if (kept === "superseded") return;
  const snapshot = await registryOf(context);
  const isCurrent = (await snapshot.model(pair.model))?.stages[pair.stage]?.version === pair.live;
  if (kept !== "kept" && !isCurrent) return context.log.info({ run: run.id, pair }, "not what is in the stage now");
  const waiting = (await openRequests(snapshot, { model: pair.model })).filter(
    ({ version }) => version === pair.version,
  );
  // What was kept may be one of several comparisons that a request waits for.
  const outcome = { compared: kept !== "kept", failure: kept === "kept" ? undefined : kept?.refusal };
  for (const request of waiting) await decide(context, run, request, outcome);
}

/** What was kept is new; or why nothing was; undefined where it was before, or where the run found nothing to keep. */
async function keep(
  context: EventContext,
  run: WorkflowRun,
  { model, version }: ComparedPair,
): Promise<Refused | "superseded" | "kept" | undefined> {
  const { head_sha: head, run_attempt: attempt, id } = run;
  const branch = context.repository.defaultBranch;
  const tip = await defaultTip(context);
  if (!(await isInHistory(context, head, tip))) return refused("WORKFLOW_OUTDATED", `Its commit is not on ${branch}.`);
  const wrong = await checkWorkflow(context.ports.objects, { use: "compare", tip, head, base: head, branch });
  if (wrong) return wrong;
  const manifest = (await (await registryOf(context)).manifest(model, version))?.manifest;
  if (manifest === undefined) return refused("RESULT_MISMATCH", `${model} has no version ${version}.`);
  const attested = await attestedBy(context, { id, attempt });
  if (attested === "superseded") return attested;
  if (run.conclusion === "cancelled") return refused("RUN_CANCELLED", "The comparison's run was cancelled.");
  const known = { id, attempt, head: manifest.source.commit, binding: true };
  const [read] = await readResults(context, known, attested, [model]);
  if (read === undefined || "refusal" in read) return read ?? refused("RESULT_MISSING", "The run left no result.");
  const { problem } = read.result;
  if (problem) return { refusal: { code: problem.code, message: wordsOf(problem) } };
  if (!isCompleteRun(read.result)) return refused("RESULT_INVALID", "The run's result is not whole.");
  const by = run.actor ? personOf(run.actor) : { name: context.app.login, id: context.app.login };
  const news = await keepComparisons(context.ports, { run: read.result, manifest, requestedBy: by });
  return news.length > 0 ? "kept" : undefined;
}

const Issue = z.object({ state: z.string(), pull_request: z.object({ merged_at: z.string().nullish() }).nullish() });

/** Decides a recorded request as if its commenter asked now, and answers where it was asked for. */
async function decide(
  context: EventContext,
  run: WorkflowRun,
  asked: PromotionRequest,
  { compared, failure }: { compared: boolean; failure: Refusal | undefined },
): Promise<void> {
  const { model, version, stage, reason, requested_by, requested_at, source, id: request } = asked;
  const link = { text: "the comparison's run", url: run.html_url };
  if (source.kind === "policy") {
    const manifest = (await (await registryOf(context)).manifest(model, version))?.manifest;
    const told = { run: `${run.id}-${run.run_attempt}`, link, said: saidOf(failure), isLast: compared };
    if (manifest) await promoteByPolicy(context, { manifest, pull: source.issue }, told);
    return;
  }
  const id = githubIdOf(requested_by);
  // A page has no thread: whoever reads the version's pull request is told.
  const number = source.kind === "form" ? await pullOf(context, asked) : source.issue;
  // Only what was asked for on GitHub or in its portal waits for a comparison.
  if (id === undefined || (number === undefined && source.kind !== "form")) return;
  const thread = number === undefined ? { number: 0 } : await threadOf(context, number);
  const command = { name: "promote" as const, model, version, stage, ...(reason === undefined ? {} : { reason }) };
  const { place, ...origin } = source;
  const asker = { account: { id, login: requested_by.id }, at: new Date(requested_at), source: origin };
  const written = formatCommand(command);
  const answered = await answerAll(context, thread, { ...asker, compared }, [
    { asked: written, place, read: () => command },
  ]);
  const portal = source.kind === "form" ? [`${requested_by.name} asked for it in the portal.`] : [];
  const told = answered.map(({ asked, answer }) => ({
    asked,
    answer: { ...answer, link, said: [...portal, ...saidOf(failure), ...(answer.said ?? [])] },
  }));
  if (number === undefined) {
    for (const { answer } of told) if (answer.moved) await ensureDeployment(context, answer.moved);
    return;
  }
  const key = `compared-${run.id}-${run.run_attempt}-${request.slice(0, 16)}`;
  await publishAnswers(context, { number, pull: thread.pull !== undefined }, told, { key });
}

async function threadOf({ octokit, repository }: EventContext, number: number): Promise<ThreadRef> {
  const where = { owner: repository.owner, repo: repository.name, issue_number: number };
  const { state, pull_request: of } = Issue.parse((await octokit.rest.issues.get(where)).data);
  return { number, pull: of ? { merged: Boolean(of.merged_at), open: state === "open" } : undefined };
}

/** The pull request that brought a version; undefined if none did. */
async function pullOf(context: EventContext, { model, version }: PromotionRequest): Promise<number | undefined> {
  return (await (await registryOf(context)).manifest(model, version))?.manifest.source.pull_request;
}

/** What went wrong in the job, and what to do. */
function wordsOf(problem: Problem): string {
  const { message, hint } = problem;
  const about = expectedAndFound(problem);
  const said = about === "" ? message : `${message}: ${about}`;
  return hint === undefined ? said : `${said.replace(/\.$/, "")}. ${hint}`;
}

function saidOf(failure: Refusal | undefined): string[] {
  if (failure === undefined) return ["The versions were compared by the default branch's own run."];
  return [`The versions could not be compared: ${failure.message} (${failure.code})`];
}
