import { z } from "zod";
import { blobUrl } from "../blobs.ts";
import { emit } from "../events/emit.ts";
import { commitOf } from "../git/run.ts";
import type { Call, Route } from "../http/call.ts";
import { notFound, Refusal } from "../http/refusal.ts";
import type { Artifact, Job, WorkflowRun } from "../state.ts";
import { showArtifact, showJob, showRun } from "../views/run.ts";

const READ = { app: ["actions:read"], person: "read" } as const;
const WRITE = { app: ["actions:write"], person: "write" } as const;

export const actionRoutes: readonly Route[] = [
  { on: "GET /repos/:owner/:repo/actions/runs", needs: READ, handle: (call) => listRuns(call) },
  {
    on: "GET /repos/:owner/:repo/actions/workflows/:workflow/runs",
    needs: READ,
    handle: (call) => listRuns(call, call.param("workflow")),
  },
  {
    on: "GET /repos/:owner/:repo/actions/runs/:id",
    needs: READ,
    handle: (call) => ({ body: showRun(call.state, runOf(call)) }),
  },
  {
    on: "GET /repos/:owner/:repo/actions/runs/:id/jobs",
    needs: READ,
    handle: (call) => {
      const run = runOf(call);
      // GitHub's default is the newest attempt; jobs that it did not run again are in it too.
      return listJobs(call, run, call.query("filter") === "all" ? run.jobs : jobsOf(run, run.attempt));
    },
  },
  {
    on: "GET /repos/:owner/:repo/actions/runs/:id/attempts/:attempt/jobs",
    needs: READ,
    handle: (call) => {
      const run = runOf(call);
      return listJobs(call, run, jobsOf(run, call.number("attempt")));
    },
  },
  {
    on: "GET /repos/:owner/:repo/actions/runs/:id/artifacts",
    needs: READ,
    handle: (call) => {
      const run = runOf(call);
      return listArtifacts(call, (artifact) => artifact.run === run);
    },
  },
  { on: "GET /repos/:owner/:repo/actions/artifacts", needs: READ, handle: (call) => listArtifacts(call, () => true) },
  {
    on: "GET /repos/:owner/:repo/actions/artifacts/:id",
    needs: READ,
    handle: (call) => ({ body: showArtifact(call.state, call.repo, artifactOf(call)) }),
  },
  {
    on: "GET /repos/:owner/:repo/actions/artifacts/:id/:format",
    needs: READ,
    handle: (call) => {
      const { expired, file } = artifactOf(call);
      if (call.param("format") !== "zip") throw notFound();
      if (call.actor.kind === "nobody") throw new Refusal(401, "Requires authentication");
      if (expired) throw new Refusal(410, "Artifact has expired");
      return { status: 302, headers: { location: blobUrl(call.state, file) } };
    },
  },
  { on: "POST /repos/:owner/:repo/actions/runs/:id/rerun", needs: WRITE, handle: (call) => rerun(call, "all") },
  {
    on: "POST /repos/:owner/:repo/actions/runs/:id/rerun-failed-jobs",
    needs: WRITE,
    handle: (call) => rerun(call, "failed"),
  },
  {
    on: "POST /repos/:owner/:repo/actions/workflows/:workflow/dispatches",
    needs: WRITE,
    handle: async (call) => {
      const { ref, inputs = null } = await call.body(
        z.object({ ref: z.string(), inputs: z.record(z.string(), z.unknown()).optional() }),
      );
      if ((await commitOf(call.repo.folder, ref)) === undefined) throw new Refusal(422, `No ref found for: ${ref}`);
      const branch = ref.startsWith("refs/") ? ref : `refs/heads/${ref}`;
      const payload = { inputs, ref: branch, workflow: `.github/workflows/${call.param("workflow")}` };
      emit(call.state, call.repo, "workflow_dispatch", payload, { sender: call.account, actor: call.actor });
      return { status: 204 };
    },
  },
];

function runOf(call: Call): WorkflowRun {
  const run = call.repo.runs.get(call.number("id"));
  if (run === undefined) throw notFound();
  return run;
}

function artifactOf(call: Call): Artifact {
  const artifact = call.repo.artifacts.get(call.number("id"));
  if (artifact === undefined) throw notFound();
  return artifact;
}

function listRuns(call: Call, workflow?: string) {
  const [branch, event, status, sha, actor] = ["branch", "event", "status", "head_sha", "actor"].map(call.query);
  const created = call.query("created")?.match(/^>=?(.+)$/)?.[1];
  const list = [...call.repo.runs.values()]
    .filter(
      (run) =>
        workflow === undefined || [String(run.workflow.id), run.workflow.path.split("/").at(-1)].includes(workflow),
    )
    .filter((run) => (branch ?? run.headBranch) === run.headBranch && (event ?? run.event) === run.event)
    .filter((run) => status === undefined || run.status === status || run.conclusion === status)
    .filter((run) => (sha ?? run.headSha) === run.headSha && (actor ?? run.actor.login) === run.actor.login)
    .filter((run) => created === undefined || Date.parse(run.createdAt) >= Date.parse(created))
    .reverse();
  return {
    list,
    show: (run: WorkflowRun) => showRun(call.state, run),
    wrap: (workflow_runs: unknown[], total_count: number) => ({ total_count, workflow_runs }),
  };
}

function jobsOf({ jobs }: WorkflowRun, attempt: number): Job[] {
  return jobs.filter((job) => job.attempt === attempt);
}

function listJobs({ state }: Call, run: WorkflowRun, list: readonly Job[]) {
  const wrap = (jobs: unknown[], total_count: number) => ({ total_count, jobs });
  return { list, show: (job: Job) => showJob(state, run, job), wrap };
}

function listArtifacts(call: Call, fits: (artifact: Artifact) => boolean) {
  const name = call.query("name");
  const list = [...call.repo.artifacts.values()]
    .filter((one) => fits(one) && (name ?? one.name) === one.name)
    .reverse();
  return {
    list,
    show: (artifact: Artifact) => showArtifact(call.state, call.repo, artifact),
    wrap: (artifacts: unknown[], total_count: number) => ({ total_count, artifacts }),
  };
}

function rerun(call: Call, which: "all" | "failed") {
  const { state, account } = call;
  const run = runOf(call);
  if (run.status !== "completed") throw new Refusal(403, "This workflow is already running");
  if (which === "failed" && run.conclusion === "success") {
    throw new Refusal(403, "The workflow run containing this job cannot be rerun because it has no failed jobs");
  }
  run.attempt += 1;
  Object.assign(run, {
    status: "queued",
    conclusion: null,
    startedAt: state.now(),
    updatedAt: state.now(),
    triggeringActor: account,
  });
  state.runner?.rerun(run, which);
  return { status: 201, body: {} };
}
