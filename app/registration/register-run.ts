import { METRIC_RULES } from "../../core/acts/project.ts";
import { registeredBefore, type Unchanged } from "../../core/acts/publish-run.ts";
import { registerResult } from "../../core/acts/register-result.ts";
import { attestedModels } from "../../core/attested/attested.ts";
import { checkWorkflow } from "../../core/attested/check-workflow.ts";
import { attestedBy, type ResultRead, readResults } from "../../core/attested/read-results.ts";
import { type Refused, refused } from "../../core/attested/refusal.ts";
import { type ReasonCode, SlipwayError } from "../../core/errors.ts";
import { openCommit } from "../../core/source/commit.ts";
import { loadProject } from "../../core/spec/project.ts";
import type { CommitId, Person } from "../../schemas/names.ts";
import type { Problem } from "../../schemas/problem.ts";
import { personOf } from "../github/account.ts";
import type { EventContext } from "../github/event-context.ts";
import type { WorkflowRun } from "../pulls/results/workflow-run.ts";
import { defaultTip, isInHistory, isOnFirstParentLine, registryOf } from "../repositories/read-mirror.ts";
import { countAttempts } from "./count-attempts.ts";
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
  const tip = await defaultTip(context);
  if (!(await isInHistory(context, head, tip))) {
    context.log.warn({ run: run.id, head }, "a run on a commit that is not on the default branch: left alone");
    return;
  }
  const attested = await attestedBy(context, { id: run.id, attempt: run.run_attempt });
  const wrong = await wrongWorkflow(context, head, tip);
  const countedOnly = wrong !== undefined || attested === "superseded";
  let failure: unknown;
  // A workflow that the default branch itself once had was trusted then: what it made counts, and becomes no version now.
  if (wrong === undefined || (await isOnFirstParentLine(context, head, tip))) {
    const [last, taken] = countedOnly ? [run.run_attempt, []] : [run.run_attempt - 1, attested];
    const counting = countAttempts(context, run, { last, taken, requestedBy: requester(context, run) });
    await counting.catch((error: unknown) => {
      failure = error;
    });
  }
  if (attested === "superseded") {
    if (failure !== undefined) throw failure;
    return;
  }
  const models = attestedModels(attested);
  const before = context.again ? await registeredFrom(context, head, models) : [];
  const done = before.filter(({ model, answer }) => answer.manifest.source.run === runOf(run, model));
  const open = models.filter((model) => !done.some((each) => each.model === model));
  const merges = await findMerges(context, head, await foldersOf(context, head, models));
  const known = { id: run.id, attempt: run.run_attempt, head, binding: true };
  const read = wrong
    ? open.map((model): ResultRead => ({ model, ...wrong }))
    : await readResults(context, known, attested, open);
  const results = [...read, ...missing(models, merges, run)];

  const registered: Registered[] = [...done];
  for (const each of results) {
    // What cannot be read any more was registered by another attempt before.
    const other = "refusal" in each ? before.find(({ model }) => model === each.model) : undefined;
    try {
      registered.push(other ?? { model: each.model, answer: await register(context, run, each, merges) });
    } catch (error) {
      // The other models are whole: what failed for a while is tried again with the whole event.
      failure ??= error;
    }
  }
  await tellPulls(context, run, merges, registered);
  if (failure !== undefined) throw failure;
}

/** What was registered from this commit before: an event that comes again needs no results for it. */
async function registeredFrom(context: EventContext, head: CommitId, models: readonly string[]) {
  const snapshot = await registryOf(context);
  const done: { model: string; answer: Unchanged }[] = [];
  for (const model of models) {
    const answer = await registeredBefore(snapshot, model, head);
    if (answer !== undefined) done.push({ model, answer });
  }
  // The writer of a version may have been killed before its tag.
  if (done.length > 0) await context.ports.registry.complete();
  return done;
}

/** A run as its records name it. */
function runOf({ id, run_attempt: attempt }: WorkflowRun, model: string): string {
  return `${id}-${attempt}-${model}`;
}

/** Why no result of a commit's run is registered: its workflow has to be the tip's. */
async function wrongWorkflow(context: EventContext, head: CommitId, tip: CommitId): Promise<Refused | undefined> {
  const { defaultBranch: branch } = context.repository;
  const wrong = await checkWorkflow(context.ports.objects, { use: "register", tip, head, base: head, branch });
  const hint = `Start the workflow on ${branch} by hand: it trains what ${branch} holds now.`;
  return wrong && { refusal: { ...wrong.refusal, hint } };
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
