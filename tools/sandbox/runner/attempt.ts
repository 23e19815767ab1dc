import type { CheckRun, Job, Permissions, Repo, State, WorkflowRun } from "../state.ts";
import type { Concurrency, Slots } from "./concurrency.ts";
import type { Contexts } from "./expressions.ts";
import type { Trigger } from "./trigger.ts";
import type { Origin, Packaged, WorkflowFile } from "./workflow-file.ts";

export interface RunnerOptions {
  /** The repository that is served from a folder: its reusable workflows and built actions. */
  packaged: Packaged;
  /** A repository's secrets, by its full name. */
  secrets?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Environments by the repository's full name and their own; runs of other branches are refused. */
  environments?: Readonly<Record<string, Readonly<Record<string, Environment>>>>;
  /** Labels of runners besides those that GitHub hosts. */
  labels?: readonly string[];
  /** RUNNER_TOOL_CACHE of every job, as on one's own runner. Default: an empty one for each, as on hosted runners. */
  toolCache?: string;
  /** How many jobs run side by side. Default 2. */
  jobs?: number;
  /** What runs the jobs of an attempt. Default: this folder's own steps. */
  engine?: Engine;
}

/** Runs the jobs of a workflow file, and records them in the stand-in. Resolves to how they ended together. */
export type Engine = (attempt: Attempt, scope: Scope) => Promise<Result>;

export interface Environment {
  branches: readonly string[];
  secrets: Readonly<Record<string, string>>;
}

export type Result = "success" | "failure" | "cancelled" | "skipped";

export interface JobEnd {
  result: Result;
  outputs: Readonly<Record<string, string>>;
}

export interface JobRecord {
  job: Job;
  check: CheckRun;
}

/** The ends of jobs that ran, by their place: `pipeline/model{"model":"penguins"}/train`. */
export type Ends = Map<string, JobEnd & JobRecord>;

/** One attempt of a run, and what its jobs share. */
export interface Attempt {
  state: State;
  options: RunnerOptions;
  repo: Repo;
  run: WorkflowRun;
  trigger: Trigger;
  slots: Slots;
  groups: Concurrency;
  /** What the attempt before did well, where only failed jobs are run again. */
  kept: Ends;
  ends: Ends;
  /** Places of the jobs that ran in this attempt: what needs them runs again too. */
  fresh: Set<string>;
}

/** One workflow file being run: the run's own, or one that a job calls. */
export interface Scope {
  file: WorkflowFile;
  origin: Origin;
  /** The places of the calling jobs, and of what those need. */
  callers: readonly string[];
  needed: readonly string[];
  /** Before a job's own place, and before its name. */
  place: string;
  title: string;
  inputs: Readonly<Record<string, unknown>>;
  secrets: Readonly<Record<string, string>>;
  /** The calling job's permissions. */
  ceiling: Permissions | undefined;
  cancel: AbortSignal;
}

/** A fork's pull request gets no secrets, and a token that only reads. */
export function isFork({ repo, trigger }: Attempt): boolean {
  return trigger.event === "pull_request" && trigger.headRepository !== repo;
}

/** What every expression of a file may look into. The texts of `github` are the GITHUB_ variables too. */
export function baseContexts({ state, repo, run, trigger }: Attempt, { inputs, secrets }: Scope): Contexts {
  const { pull, payload, ref, sha, event } = trigger;
  const github = {
    workflow: run.workflow.name,
    workflow_ref: `${repo.fullName}/${run.workflow.path}@${ref}`,
    workflow_sha: sha,
    event_name: event,
    event: payload,
    sha,
    ref,
    ref_name: ref.replace(/^refs\/(heads|tags|pull)\//, ""),
    ref_type: ref.startsWith("refs/tags/") ? "tag" : "branch",
    base_ref: pull?.base.ref ?? "",
    head_ref: pull?.head.ref ?? "",
    repository: repo.fullName,
    repository_id: String(repo.id),
    repository_owner: repo.owner.login,
    actor: run.actor.login,
    actor_id: String(run.actor.id),
    triggering_actor: run.triggeringActor.login,
    run_id: String(run.id),
    run_number: String(run.number),
    run_attempt: String(run.attempt),
    retention_days: "90",
    api_url: state.url,
    graphql_url: `${state.url}/graphql`,
    // A name of this machine that `@actions/artifact` does not take for an Enterprise Server.
    server_url: state.url.replace("127.0.0.1", "github.localhost"),
  };
  return { github, inputs, secrets, vars: {} };
}
