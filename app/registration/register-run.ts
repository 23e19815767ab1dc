import { METRIC_RULES } from "../../core/acts/project.ts";
import { registeredBefore, type Unchanged } from "../../core/acts/publish-run.ts";
import { registerResult } from "../../core/acts/register-result.ts";
import { attestedModels } from "../../core/attested/attested.ts";
import { checkWorkflow } from "../../core/attested/check-workflow.ts";
import { attestedBy, type ResultRead, readResults } from "../../core/attested/read-results.ts";
import type { Refused } from "../../core/attested/refusal.ts";
import { type ReasonCode, SlipwayError } from "../../core/errors.ts";
import { openCommit } from "../../core/source/commit.ts";
import { loadProject } from "../../core/spec/project.ts";
import type { Refusal } from "../../schemas/decision.ts";
import type { CommitId, Person } from "../../schemas/names.ts";
import type { Problem } from "../../schemas/problem.ts";
import { promoteByPolicy, type RegisteredVersion } from "../commands/promote-registered.ts";
import type { Answered } from "../commands/publish-answers.ts";
import { personOf } from "../github/account.ts";
import type { EventContext } from "../github/event-context.ts";
import type { WorkflowRun } from "../pulls/results/workflow-run.ts";
import { planChange, runnable } from "../pulls/state/plan-pull.ts";
import { defaultTip, isInHistory, isOnFirstParentLine, registryOf } from "../repositories/read-mirror.ts";
import { countAttempts } from "./count-attempts.ts";
import { findMerges, type Merge } from "./find-merges.ts";
import { noResult } from "./no-result.ts";
import type { Registered } from "./registered.ts";
import { publishRegistration, type RegistrationState } from "./registration-check.ts";
import { tellPulls } from "./tell-pulls.ts";

/**
 * Registers what a finished run of the default branch made, each model by itself, and says so on the pull requests
 * that brought it there. A run that GitHub tells of twice, or that ran again, registers nothing twice.
 */
export async function registerRun(context: EventContext, run: WorkflowRun): Promise<void> {
  await context.refresh();
  const { head_sha: head } = run;
  const tip = await defaultTip(context);
  if (!(await isInHistory(context, head, tip))) return tellOffBranch(context, run, tip);
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
    return context.log.info({ run: run.id, head }, "a run that is being run again: its next end counts");
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
  const lost = (await missing(context, models, merges, run)).map((model) => ({
    model,
    ...(wrong ?? noResult(run, model)),
  }));

  const registered: Registered[] = [...done];
  const postponed: Postponed[] = [];
  for (const each of [...read, ...lost]) {
    // What cannot be read any more was registered by another attempt before.
    const other = "refusal" in each ? before.find(({ model }) => model === each.model) : undefined;
    try {
      registered.push(other ?? { model: each.model, answer: await register(context, run, each, merges) });
    } catch (error) {
      // The other models are whole: what failed for a while is tried again with the whole event.
      failure ??= error;
      postponed.push({ model: each.model, refusal: postponedBy(error) });
    }
  }
  await tellPulls(context, run, merges, registered);
  const promotions: Answered[] = [];
  for (const version of versionsOf(registered, head, merges))
    try {
      promotions.push(...(await promoteByPolicy(context, version)));
    } catch (error) {
      failure ??= error;
    }
  if (registered.length + postponed.length > 0)
    await publishRegistration(
      context,
      head,
      { outcome: "ended", models: registered, postponed, promotions },
      { url: run.html_url },
    );
  if (failure !== undefined) throw failure;
}

/** The versions that were made from this commit, now or when the event came before. */
function versionsOf(registered: readonly Registered[], head: CommitId, merges: readonly Merge[]): RegisteredVersion[] {
  return registered.flatMap(({ model, answer }) => {
    if (!("manifest" in answer) || answer.manifest.source.commit !== head) return [];
    return [{ manifest: answer.manifest, pull: merges.find(({ models }) => models.includes(model))?.pull.number }];
  });
}

type Postponed = Extract<RegistrationState, { outcome: "ended" }>["postponed"][number];

/** What is told of a model whose registration is tried again. A bug's words are for the log. */
function postponedBy(error: unknown): Refusal {
  if (!(error instanceof SlipwayError)) return { code: "INTERNAL", message: "The App failed; its log says how." };
  const { code, message, hint } = error.problems[0] as Problem;
  return { code, message, hint };
}

/** A commit that is not on the default branch, or not any more: the branch was set back, or GitHub told of it too early. */
async function tellOffBranch(context: EventContext, run: WorkflowRun, tip: CommitId): Promise<void> {
  const { head_sha: head } = run;
  const { defaultBranch: branch } = context.repository;
  context.log.warn({ run: run.id, head }, "a run on a commit that is not on the default branch");
  const message = `Commit ${head.slice(0, 10)} is not on ${branch}, which is at ${tip.slice(0, 10)}: nothing of it is registered.`;
  const refusal = { code: "NOT_BINDING", message, hint: `What is on ${branch} is registered from its own commits.` };
  await publishRegistration(context, head, { outcome: "stopped", refusals: [refusal] }, { url: run.html_url });
  const merges = await findMerges(context, head, new Map());
  const missed = merges.flatMap(({ models }) =>
    models.map((model): Registered => ({ model, answer: { outcome: "not-taken", refusal } })),
  );
  await tellPulls(context, run, merges, missed);
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

/** The models that the run's commit changes and the run made nothing of: people wait for them. */
async function missing(
  context: EventContext,
  found: readonly string[],
  merges: readonly Merge[],
  run: WorkflowRun,
): Promise<string[]> {
  const { head_sha: head, conclusion, event } = run;
  const ended = conclusion === "success" || conclusion === "skipped";
  // Started by hand it runs what people ask for.
  if (ended && event !== "push") return [];
  const first = (await context.ports.objects.read(`${head}^1^{commit}`))?.id;
  const changed = first === undefined ? [] : runnable(await planChange(context, first, head));
  const merged = merges.filter(({ pull }) => pull.mergeCommit === head).flatMap(({ models }) => models);
  // What a merge asks for may have been on the branch before: only a run that failed owes it then.
  const asked = new Set(ended ? changed : [...changed, ...merged]);
  const open = [...asked].filter((model) => !found.includes(model));
  const done = await registeredFrom(context, head, open);
  return open.filter((model) => !done.some((each) => each.model === model));
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
