import { z } from "zod";
import { blobUrl } from "../blobs.ts";
import { emit } from "../events/emit.ts";
import { commitOf } from "../git/run.ts";
import { Answer, created, list } from "../http/answer.ts";
import type { Call } from "../http/call.ts";
import { notFound, Refusal } from "../http/refusal.ts";
import type { AddRoute } from "../http/serve-api.ts";
import type { Artifact, Job, WorkflowRun } from "../state.ts";
import { showArtifact, showJob, showRun } from "../views/run.ts";

const READ = { app: ["actions:read"], person: "read" } as const;
const WRITE = { app: ["actions:write"], person: "write" } as const;
const Dispatch = z.object({ ref: z.string(), inputs: z.record(z.string(), z.unknown()).optional() });

export function actionRoutes(on: AddRoute): void {
  on("GET actions/runs", READ, listRuns);
  on("GET actions/workflows/:workflow/runs", READ, listRuns);
  on("GET actions/runs/:id", READ, (call) => showRun(call.state, runOf(call)));
  on("GET actions/runs/:id/jobs", READ, (call) => {
    const { jobs } = runOf(call);
    return listJobs(call, call.query("filter") === "all" ? jobs : newest(jobs));
  });
  on("GET actions/runs/:id/attempts/:attempt/jobs", READ, (call) => {
    const upTo = Number(call.param("attempt"));
    return listJobs(call, newest(runOf(call).jobs.filter(({ attempt }) => attempt <= upTo)));
  });
  on("GET actions/runs/:id/artifacts", READ, (call) => {
    const run = runOf(call);
    const found = [...call.repo.artifacts.values()].filter((one) => one.run === run && call.asks("name", one.name));
    return list(found.reverse(), call.as(showArtifact), "artifacts");
  });
  on("GET actions/artifacts/:id", READ, (call) => call.show(showArtifact, artifactOf(call)));
  on("GET actions/artifacts/:id/:format", READ, (call) => {
    const { expired, file } = artifactOf(call);
    if (call.param("format") !== "zip") throw notFound();
    if (call.actor.kind === "nobody") throw new Refusal(401, "Requires authentication");
    if (expired) throw new Refusal(410, "Artifact has expired");
    return new Answer(302, undefined, { location: blobUrl(call.state, file) });
  });
  on("POST actions/runs/:id/rerun", WRITE, (call) => rerun(call, "all"));
  on("POST actions/runs/:id/rerun-failed-jobs", WRITE, (call) => rerun(call, "failed"));
  on("POST actions/runs/:id/cancel", WRITE, (call) => {
    const run = runOf(call);
    if (run.status === "completed") throw new Refusal(409, "Cannot cancel a workflow run that is completed.");
    call.state.runner?.cancel(run);
    return new Answer(202, {});
  });
  on("POST actions/workflows/:workflow/dispatches", WRITE, async (call) => {
    const { ref, inputs = null } = await call.body(Dispatch);
    if ((await commitOf(call.repo.folder, ref)) === undefined) throw new Refusal(422, `No ref found for: ${ref}`);
    const whole = ref.startsWith("refs/") ? ref : `refs/heads/${ref}`;
    const payload = { inputs, ref: whole, workflow: `.github/workflows/${call.param("workflow")}` };
    emit(call, "workflow_dispatch", payload);
    return new Answer(204);
  });
}

const runOf = (call: Call): WorkflowRun => call.pick(call.repo.runs);
const artifactOf = (call: Call): Artifact => call.pick(call.repo.artifacts);

function listRuns(call: Call) {
  const workflow = call.param("workflow");
  const [status, since] = [call.query("status"), call.query("created")?.match(/^>=?(.+)$/)?.[1]];
  const found = [...call.repo.runs.values()].filter(
    (run) =>
      ["", String(run.workflow.id), run.workflow.path.split("/").at(-1)].includes(workflow) &&
      (status === undefined || [run.status, run.conclusion].includes(status as never)) &&
      (since === undefined || Date.parse(run.createdAt) >= Date.parse(since)) &&
      call.asks("branch", run.headBranch) &&
      call.asks("event", run.event) &&
      call.asks("head_sha", run.headSha) &&
      call.asks("actor", run.actor.login),
  );
  return list(found.reverse(), (run) => showRun(call.state, run), "workflow_runs");
}

/** GitHub's default is the newest attempt; jobs that it did not run again are shown with it. */
function newest(jobs: readonly Job[]): Job[] {
  return jobs.filter((job, at) => jobs.findLastIndex(({ name }) => name === job.name) === at);
}

function listJobs(call: Call, jobs: readonly Job[]) {
  return list(jobs, (job) => showJob(call.state, runOf(call), job), "jobs");
}

function rerun(call: Call, which: "all" | "failed"): Answer {
  const { state, account: triggeringActor } = call;
  const run = runOf(call);
  if (run.status !== "completed") throw new Refusal(403, "This workflow is already running");
  if (which === "failed" && run.conclusion === "success") {
    throw new Refusal(403, "The workflow run containing this job cannot be rerun because it has no failed jobs");
  }
  const times = { startedAt: state.now(), updatedAt: state.now() };
  Object.assign(run, { attempt: run.attempt + 1, status: "queued", conclusion: null, ...times, triggeringActor });
  state.runner?.rerun(run, which);
  return created();
}
