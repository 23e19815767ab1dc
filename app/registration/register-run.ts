import { METRIC_RULES } from "../../core/acts/project.ts";
import { registeredBefore } from "../../core/acts/publish-run.ts";
import { registerResult } from "../../core/acts/register-result.ts";
import { type ReasonCode, SlipwayError } from "../../core/errors.ts";
import { openCommit } from "../../core/source/commit.ts";
import { loadProject } from "../../core/spec/project.ts";
import type { CommitId, Person } from "../../schemas/names.ts";
import type { Problem } from "../../schemas/problem.ts";
import { personOf } from "../github/account.ts";
import type { EventContext } from "../github/event-context.ts";
import type { Attested } from "../pulls/results/attested.ts";
import { checkWorkflow } from "../pulls/results/check-workflow.ts";
import { attestedBy, type ResultRead, readResults } from "../pulls/results/read-results.ts";
import { refused } from "../pulls/results/refusal.ts";
import type { WorkflowRun } from "../pulls/results/workflow-run.ts";
import { defaultTip, isInHistory, registryOf } from "../repositories/read-mirror.ts";
import { findMerges, type Merge } from "./find-merges.ts";
import type { Registered } from "./registered.ts";
import { tellPulls } from "./tell-pulls.ts";

/**
 * Registers what a finished run of the default branch made, each model by itself, and says so on the pull requests
 * that brought it there. A run that GitHub tells of twice, or that ran again, registers nothing twice.
 */
export async function registerRun(context: EventContext, run: WorkflowRun): Promise<void> {
  await context.refresh();
  const { head_sha: head } = run;
  if (!(await isInHistory(context, head, await defaultTip(context)))) {
    context.log.warn({ run: run.id, head }, "a run on a commit that is not on the default branch: left alone");
    return;
  }
  const attested = await attestedBy(context, { id: run.id, attempt: run.run_attempt });
  if (attested === "superseded") return;
  const models = [...new Set(attested.flatMap(({ model }) => model ?? []))];
  const done = context.again ? await registeredFrom(context, head, models) : [];
  const left = models.filter((model) => !done.some((each) => each.model === model));
  const merges = await findMerges(context, head, await foldersOf(context, head, models));
  const read = await readTrusted(context, run, attested, left);
  const results = [...read, ...missing(models, merges, run)];

  const registered = [...done];
  let failure: unknown;
  for (const each of results) {
    try {
      registered.push({ model: each.model, answer: await register(context, run, each, merges) });
    } catch (error) {
      // The other models are whole: what failed for a while is tried again with the whole event.
      failure ??= error;
    }
  }
  await tellPulls(context, run, merges, registered);
  if (failure !== undefined) throw failure;
}

/** What was registered from this commit before: an event that comes again needs no results for it. */
async function registeredFrom(context: EventContext, head: CommitId, models: readonly string[]): Promise<Registered[]> {
  const snapshot = await registryOf(context);
  const done: Registered[] = [];
  for (const model of models) {
    const answer = await registeredBefore(snapshot, model, head);
    if (answer !== undefined) done.push({ model, answer });
  }
  // The writer of a version may have been killed before its tag.
  if (done.length > 0) await context.ports.registry.complete();
  return done;
}

/** The run's results, or why none of them counts: its workflow has to be the tip's. */
async function readTrusted(
  context: EventContext,
  run: WorkflowRun,
  attested: readonly Attested[],
  models: readonly string[],
): Promise<ResultRead[]> {
  const { head_sha: head } = run;
  const { defaultBranch: branch } = context.repository;
  const wrong = await checkWorkflow(context.ports.objects, {
    tip: await defaultTip(context),
    head,
    base: head,
    branch,
  });
  if (wrong !== undefined) {
    const { code, message } = wrong.refusal;
    const hint = `Start the workflow on ${branch} by hand: it trains what ${branch} holds now.`;
    return models.map((model) => ({ model, refusal: { code, message, hint } }));
  }
  return readResults(context, { id: run.id, attempt: run.run_attempt, head, binding: true }, attested, models);
}

/** What a merged pull request asked for and the run made nothing of: people wait for it. */
function missing(found: readonly string[], merges: readonly Merge[], run: WorkflowRun): ResultRead[] {
  if (run.conclusion === "success" || run.conclusion === "skipped") return [];
  const asked = new Set(merges.filter(({ pull }) => pull.mergeCommit === run.head_sha).flatMap(({ models }) => models));
  return [...asked]
    .filter((model) => !found.includes(model))
    .map((model) => ({
      model,
      ...refused("RESULT_MISSING", `The default branch's run ended (${run.conclusion}) without a result for ${model}.`),
    }));
}

/** What no further attempt mends, and people can. */
const FOR_PEOPLE: ReadonlySet<ReasonCode> = new Set(["NOT_A_SIGNER", "REGISTRY_FROM_FUTURE"]);

async function register(context: EventContext, run: WorkflowRun, read: ResultRead, merges: readonly Merge[]) {
  if ("refusal" in read) return { outcome: "not-taken" as const, refusal: read.refusal };
  const pullRequest = merges.find(({ models }) => models.includes(read.model))?.pull.number;
  const asked = { run: read.result, requestedBy: requester(context, run), pullRequest };
  const answer = await registerResult(context.ports, asked).catch((error: unknown) => {
    // People wait to hear of it.
    if (!(error instanceof SlipwayError && FOR_PEOPLE.has(error.code))) throw error;
    const { code, message, hint } = error.problems[0] as Problem;
    return { outcome: "not-taken" as const, refusal: { code, message, ...(hint && { hint }) } };
  });
  context.log.info({ run: run.id, model: read.model, outcome: answer.outcome }, "registration");
  return answer;
}

/** Who merged is whose push the run is; GitHub identifies the account. */
function requester({ app }: EventContext, { actor }: WorkflowRun): Person {
  return actor ? personOf(actor) : { name: app.login, id: app.login };
}

async function foldersOf(
  { ports }: EventContext,
  head: string,
  models: readonly string[],
): Promise<Map<string, string>> {
  try {
    const project = await loadProject(openCommit(ports.objects, head), METRIC_RULES, { models });
    return new Map([...project.models].map(([name, { folder }]) => [name, folder]));
  } catch (error) {
    if (error instanceof SlipwayError && error.kind === "input") return new Map();
    throw error;
  }
}
