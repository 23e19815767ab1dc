import { createHash, randomUUID } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readCommit } from "../git/commits.ts";
import { commitOf } from "../git/run.ts";
import { tellOfRun } from "../runs.ts";
import type { Artifact, CheckSuite, Conclusion, Job, Pull, Repo, State, Workflow, WorkflowRun } from "../state.ts";

export interface FinishedRun {
  /** `.github/workflows/<file>`. */
  path: string;
  name?: string;
  event: string;
  /** Default: the pull request's head, or the default branch's tip. */
  headSha?: string;
  /** Default: the pull request's, or the default one. */
  headBranch?: string;
  pull?: Pull;
  conclusion?: Conclusion;
  /** Zips by name: what the run uploaded; made when the run has its id, where they name it. */
  artifacts?: Readonly<Record<string, Buffer>> | ((run: WorkflowRun) => Readonly<Record<string, Buffer>>);
  /** Names of its jobs, known after its artifacts have their ids. */
  jobs?: (artifacts: readonly Artifact[]) => readonly { name: string; conclusion?: Conclusion }[];
}

const NINETY_DAYS = 90 * 86_400_000;

/** A run that nothing ran: for tests of what comes after one. Sends `workflow_run` from requested to completed. */
export async function addFinishedRun(state: State, repo: Repo, wanted: FinishedRun): Promise<WorkflowRun> {
  const { pull, path, name = path, event, conclusion = "success" } = wanted;
  const head = pull?.head ?? { repo, ref: repo.defaultBranch, sha: undefined };
  const headBranch = wanted.headBranch ?? head.ref;
  const headSha = wanted.headSha ?? head.sha ?? (await commitOf(repo.folder, `refs/heads/${repo.defaultBranch}`)) ?? "";
  const headCommit = await readCommit(repo.folder, headSha);
  const now = state.now();
  const times = { createdAt: now, updatedAt: now };
  const workflow: Workflow = repo.workflows.get(path) ?? { id: state.nextId(), path, name, createdAt: now };
  repo.workflows.set(path, workflow);
  const on = { app: state.actions, headSha, headBranch, headCommit };
  const suite: CheckSuite = { id: state.nextId(), ...on, before: null, ...times };
  repo.suites.set(suite.id, suite);
  const actor = pull?.issue.user ?? repo.owner;
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
    headRepository: head.repo,
    pulls: pull !== undefined && head.repo === repo ? [pull] : [],
    displayTitle: pull?.issue.title ?? headCommit.message.split("\n")[0] ?? "",
    number: repo.runs.size + 1,
    attempt: 1,
    actor,
    triggeringActor: actor,
    suite,
    jobs: [],
    startedAt: now,
    ...times,
  };
  repo.runs.set(run.id, run);
  tellOfRun(state, run, "requested");
  run.status = "in_progress";
  tellOfRun(state, run, "in_progress");
  const artifacts: Artifact[] = [];
  const uploads = typeof wanted.artifacts === "function" ? wanted.artifacts(run) : wanted.artifacts;
  for (const [title, zip] of Object.entries(uploads ?? {})) {
    artifacts.push(await addArtifact(state, run, title, zip));
  }
  for (const job of wanted.jobs?.(artifacts) ?? [])
    run.jobs.push(finishedJob(state, job.name, job.conclusion ?? "success"));
  Object.assign(run, { status: "completed", conclusion, updatedAt: state.now() });
  tellOfRun(state, run, "completed");
  return run;
}

/** Puts a zip beside a run, as a job's upload does. */
export async function addArtifact(state: State, run: WorkflowRun, name: string, zip: Buffer): Promise<Artifact> {
  const file = join(state.folder, "blobs", randomUUID());
  await writeFile(file, zip);
  const createdAt = state.now();
  const artifact: Artifact = {
    id: state.nextId(),
    run,
    name,
    file,
    size: zip.length,
    digest: `sha256:${createHash("sha256").update(zip).digest("hex")}`,
    expired: false,
    createdAt,
    expiresAt: new Date(Date.parse(createdAt) + NINETY_DAYS).toISOString(),
  };
  run.repository.artifacts.set(artifact.id, artifact);
  return artifact;
}

function finishedJob(state: State, name: string, conclusion: Conclusion): Job {
  const now = state.now();
  const times = { startedAt: now, completedAt: now };
  return {
    id: state.nextId(),
    attempt: 1,
    name,
    status: "completed",
    conclusion,
    labels: ["ubuntu-latest"],
    steps: [],
    ...times,
  };
}
