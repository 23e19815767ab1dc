import { createHash, randomUUID } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { commitOf } from "../git/run.ts";
import { newRun } from "../runner/records.ts";
import { tellOfRun } from "../runs.ts";
import type { Artifact, Conclusion, Job, Pull, Repo, State, WorkflowRun } from "../state.ts";

export interface FinishedRun {
  /** `.github/workflows/<file>`. */
  path: string;
  name?: string;
  /** What its page is called. */
  title?: string;
  event: string;
  /** Default: the pull request's head, or the default branch's tip. */
  headSha?: string;
  /** Default: the pull request's, or the default one. */
  headBranch?: string;
  pull?: Pull;
  conclusion?: Conclusion;
  /** Zips by name: what the run uploaded; made when the run has its id, where they name it. */
  artifacts?: Readonly<Record<string, Buffer>> | ((run: WorkflowRun) => Readonly<Record<string, Buffer>>);
  /** Its jobs, named after its artifacts have their ids; of this attempt, where they do not say which. */
  jobs?: (artifacts: readonly Artifact[]) => readonly { name: string; conclusion?: Conclusion; attempt?: number }[];
  /** A run that ended: this is its next attempt. */
  again?: WorkflowRun;
}

const NINETY_DAYS = 90 * 86_400_000;

/** A run that nothing ran: for tests of what comes after one. Sends `workflow_run` from requested to completed. */
export async function addFinishedRun(state: State, repo: Repo, wanted: FinishedRun): Promise<WorkflowRun> {
  const { pull, path, name = path, event, conclusion = "success" } = wanted;
  const head = pull?.head ?? { repo, ref: repo.defaultBranch, sha: await commitOf(repo.folder, "HEAD") };
  const sha = wanted.headSha ?? head.sha ?? "";
  const by = {
    payload: { sender: { login: (pull?.issue.user ?? repo.owner).login } },
    title: wanted.title ?? pull?.issue.title ?? event,
  };
  const { headBranch = head.ref } = wanted;
  const at = { sha, headSha: sha, ref: `refs/heads/${headBranch}`, headBranch, branch: headBranch };
  const about = { event, ...by, ...at, headRepository: head.repo, pull };
  const run = wanted.again ?? (await newRun(state, repo, path, name, about));
  if (wanted.again) Object.assign(run, { attempt: run.attempt + 1, status: "queued", conclusion: null });
  tellOfRun(state, run, "requested");
  run.status = "in_progress";
  tellOfRun(state, run, "in_progress");
  const artifacts: Artifact[] = [];
  const uploads = typeof wanted.artifacts === "function" ? wanted.artifacts(run) : wanted.artifacts;
  for (const [title, zip] of Object.entries(uploads ?? {})) artifacts.push(await addArtifact(state, run, title, zip));
  for (const job of wanted.jobs?.(artifacts) ?? []) {
    run.jobs.push(endedJob(state, { conclusion: "success", attempt: run.attempt, ...job }));
  }
  Object.assign(run, { status: "completed", conclusion, updatedAt: state.now() });
  tellOfRun(state, run, "completed");
  return run;
}

async function addArtifact(state: State, run: WorkflowRun, name: string, zip: Buffer): Promise<Artifact> {
  const file = join(state.folder, "blobs", randomUUID());
  await writeFile(file, zip);
  const digest = `sha256:${createHash("sha256").update(zip).digest("hex")}`;
  const expiresAt = new Date(Date.parse(state.now()) + NINETY_DAYS).toISOString();
  const times = { createdAt: state.now(), expiresAt, expired: false };
  const artifact: Artifact = { id: state.nextId(), run, name, file, size: zip.length, digest, ...times };
  run.repository.artifacts.set(artifact.id, artifact);
  return artifact;
}

function endedJob(state: State, job: { name: string; conclusion: Conclusion; attempt: number }): Job {
  const times = { startedAt: state.now(), completedAt: state.now() };
  return {
    id: state.nextId(),
    status: "completed",
    labels: ["ubuntu-latest"],
    steps: [],
    ...job,
    ...times,
  };
}
