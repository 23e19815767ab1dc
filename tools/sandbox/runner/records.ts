import { readCommit } from "../git/commits.ts";
import type { CheckRun, Job, Repo, State, Workflow, WorkflowRun } from "../state.ts";
import type { Attempt, JobEnd, JobRecord, Result } from "./attempt.ts";
import type { Trigger } from "./trigger.ts";

/** A run as GitHub lists it, queued; with a check suite of Actions on its head. */
export async function newRun(
  state: State,
  repo: Repo,
  path: string,
  name: string,
  trigger: Trigger,
): Promise<WorkflowRun> {
  const workflow = workflowOf(state, repo, path, name);
  const { headSha, headBranch, headRepository, event, pull, title } = trigger;
  const login = String((trigger.payload["sender"] as { login?: string } | undefined)?.login ?? repo.owner.login);
  const actor = state.accounts.get(login.toLowerCase()) ?? repo.owner;
  const times = { createdAt: state.now(), updatedAt: state.now() };
  const headCommit = await readCommit(headRepository.folder, headSha);
  const suite = { id: state.nextId(), app: state.actions, headSha, headBranch, headCommit, before: null, ...times };
  repo.suites.set(suite.id, suite);
  const run: WorkflowRun = {
    id: state.nextId(),
    repository: repo,
    workflow,
    event,
    status: "queued",
    conclusion: null,
    headSha,
    headBranch,
    headCommit,
    headRepository,
    pulls: pull && headRepository === repo ? [pull] : [],
    displayTitle: title,
    number: 1 + [...repo.runs.values()].filter((one) => one.workflow === workflow).length,
    attempt: 1,
    actor,
    triggeringActor: actor,
    suite,
    jobs: [],
    worker: undefined,
    startedAt: state.now(),
    ...times,
  };
  repo.runs.set(run.id, run);
  return run;
}

function workflowOf(state: State, repo: Repo, path: string, name: string): Workflow {
  const workflow = repo.workflows.get(path) ?? { id: state.nextId(), path, name, createdAt: state.now() };
  repo.workflows.set(path, Object.assign(workflow, { name }));
  return workflow;
}

/** A job as GitHub lists it, and its check run, which has the same id. */
export function newJob({ state, repo, run }: Attempt, name: string, labels: string[]): JobRecord {
  const started = { startedAt: state.now(), completedAt: null };
  const job: Job = {
    id: state.nextId(),
    attempt: run.attempt,
    name,
    status: "queued",
    conclusion: null,
    labels,
    steps: [],
    ...started,
  };
  const check: CheckRun = {
    id: job.id,
    suite: run.suite,
    name,
    externalId: "",
    detailsUrl: `${state.url}/${repo.fullName}/actions/runs/${run.id}/job/${job.id}`,
    status: "queued",
    conclusion: null,
    output: { title: null, summary: null, text: null },
    annotations: [],
    actions: [],
    ...started,
  };
  run.jobs.push(job);
  repo.checks.set(check.id, check);
  return { job, check };
}

export function startJob({ state }: Attempt, { job, check }: JobRecord): void {
  Object.assign(job, { status: "in_progress", startedAt: state.now() });
  Object.assign(check, { status: "in_progress", startedAt: state.now() });
}

export function finishJob({ state }: Attempt, { job, check }: JobRecord, conclusion: Result): void {
  const end = { status: "completed", conclusion, completedAt: state.now() } as const;
  Object.assign(job, end);
  Object.assign(check, end);
}

/** A job that could not start, or a workflow that is none: on GitHub the page says why; here a check does. */
export function failed(attempt: Attempt, name: string, error: unknown, record = newJob(attempt, name, [])): JobEnd {
  const result = error instanceof DOMException && error.name === "AbortError" ? "cancelled" : "failure";
  record.check.output.summary = error instanceof Error ? error.message : String(error);
  finishJob(attempt, record, result);
  return { result, outputs: {} };
}
