import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import type { Runner } from "../../../tools/sandbox/state.ts";
import { openPull, openWorld, refusal } from "./world.ts";

const zip = Buffer.from("PK: as good as a zip");

async function withRun() {
  const world = await openWorld();
  const opened = await openPull(world);
  const pull = world.repo.pulls.get(opened.number);
  if (pull === undefined) throw new Error("no pull request");
  const run = await world.sandbox.addFinishedRun("acme/models", {
    path: ".github/workflows/train.yml",
    name: "Train",
    event: "pull_request",
    pull,
    artifacts: { result: zip },
    jobs: ([artifact]) => [{ name: "plan" }, { name: `model / result ${artifact?.id}` }],
  });
  await world.sandbox.idle();
  return { ...world, ...opened, id: { ...world.at, run_id: run.id } };
}

it("tells of a run from its request to its end", async () => {
  const { received, head, number } = await withRun();
  const told = received.filter(({ event }) => event === "workflow_run").map(({ payload }) => payload);
  expect(told.map(({ action }) => action)).toEqual(["requested", "in_progress", "completed"]);
  expect(told[2].workflow_run).toMatchObject({ conclusion: "success", head_sha: head, event: "pull_request" });
  expect(told[2].workflow_run.pull_requests.map((one: { number: number }) => one.number)).toEqual([number]);
});

it("lists runs, their jobs by page, and their artifacts", async () => {
  const { ada, at, id, head } = await withRun();
  expect((await ada.rest.actions.listWorkflowRunsForRepo({ ...at, head_sha: head })).data.total_count).toBe(1);
  expect((await ada.rest.actions.listWorkflowRunsForRepo({ ...at, event: "push" })).data.total_count).toBe(0);
  const named = { ...at, workflow_id: "train.yml" };
  expect((await ada.rest.actions.listWorkflowRuns(named)).data.workflow_runs[0]?.path).toBe(
    ".github/workflows/train.yml",
  );
  expect((await ada.rest.actions.getWorkflowRun(id)).data.run_attempt).toBe(1);
  const jobs = await ada.rest.actions.listJobsForWorkflowRun({ ...id, per_page: 1, page: 2 });
  const { data: artifacts } = await ada.rest.actions.listWorkflowRunArtifacts(id);
  expect(jobs.data).toMatchObject({ total_count: 2, jobs: [{ name: `model / result ${artifacts.artifacts[0]?.id}` }] });
  const attempt = await ada.rest.actions.listJobsForWorkflowRunAttempt({ ...id, attempt_number: 1 });
  expect(attempt.data.total_count).toBe(2);
});

it("hands out an artifact by an address that needs no other credential, and says its size and digest first", async () => {
  const { asInstallation, at, id, sandbox } = await withRun();
  const { data } = await asInstallation.rest.actions.listWorkflowRunArtifacts(id);
  const artifact = { ...at, artifact_id: data.artifacts[0]?.id ?? 0 };
  const sha256 = createHash("sha256").update(zip).digest("hex");
  expect((await asInstallation.rest.actions.getArtifact(artifact)).data).toMatchObject({
    size_in_bytes: zip.length,
    digest: `sha256:${sha256}`,
  });
  const whole = await asInstallation.rest.actions.downloadArtifact({ ...artifact, archive_format: "zip" });
  expect(Buffer.from(whole.data as ArrayBuffer)).toEqual(zip);
  const { location } = await found(
    asInstallation.request("GET /repos/{owner}/{repo}/actions/artifacts/{artifact_id}/{archive_format}", {
      ...artifact,
      archive_format: "zip",
      request: { redirect: "manual" },
    }),
  );
  expect((await fetch(location)).status).toBe(200);
  expect((await fetch(location.replace(/sig=.../, "sig=abc"))).status).toBe(403);
  expect((await fetch(location.replace("sp=read", "sp=write"))).status).toBe(403);
  expect((await fetch(`${sandbox.url}/repos/acme/models/actions/artifacts/${artifact.artifact_id}/zip`)).status).toBe(
    401,
  );
});

/** Octokit takes a redirect that it may not follow for an error. */
async function found(call: Promise<{ headers: { location?: string } }>): Promise<{ location: string }> {
  const headers = await call.then(
    (answer) => answer.headers,
    (error) => error.response.headers as { location?: string },
  );
  return { location: headers.location ?? "" };
}

it("says that an artifact has expired", async () => {
  const { asInstallation, at, repo } = await withRun();
  const [artifact] = repo.artifacts.values();
  if (artifact) artifact.expired = true;
  const call = asInstallation.rest.actions.downloadArtifact({
    ...at,
    artifact_id: artifact?.id ?? 0,
    archive_format: "zip",
  });
  expect(await refusal(call)).toMatchObject({ status: 410 });
});

const IDLE: Runner = { onWorkflowEvent() {}, rerun() {}, cancel() {}, branchesInto: () => undefined };

it("hands a rerun to what runs workflows, as another attempt", async () => {
  const { ada, id, sandbox } = await withRun();
  const asked: unknown[] = [];
  sandbox.state.runner = { ...IDLE, rerun: (run, which) => asked.push([run.attempt, which, run.status]) };
  expect(await refusal(ada.rest.actions.reRunWorkflowFailedJobs(id))).toMatchObject({ status: 403 });
  await ada.rest.actions.reRunWorkflow(id);
  expect(asked).toEqual([[2, "all", "queued"]]);
  expect(await refusal(ada.rest.actions.reRunWorkflow(id))).toMatchObject({ status: 403 });
  const run = sandbox.state.repositories.get("acme/models")?.runs.get(id.run_id);
  Object.assign(run ?? {}, { status: "completed", conclusion: "failure" });
  await ada.rest.actions.reRunWorkflowFailedJobs(id);
  expect(asked.at(-1)).toEqual([3, "failed", "queued"]);
});

it("tells what runs workflows of every event, but for what a job's own token did", async () => {
  const { ada, at, sandbox, number } = await withRun();
  const events: string[] = [];
  sandbox.state.runner = { ...IDLE, onWorkflowEvent: (_repo, event) => events.push(event) };
  await ada.rest.issues.createComment({ ...at, issue_number: number, body: "Hello" });
  await ada.rest.actions.createWorkflowDispatch({ ...at, workflow_id: "train.yml", ref: "main" });
  expect(events).toEqual(["issue_comment", "workflow_dispatch"]);
});

it("shows which branches get into an environment, as GitHub does", async () => {
  const { ada, at, sandbox } = await withRun();
  sandbox.state.runner = { ...IDLE, branchesInto: (_, name) => (name === "tied" ? ["main"] : undefined) };
  const { data } = await ada.rest.repos.getEnvironment({ ...at, environment_name: "tied" });
  expect(data.deployment_branch_policy).toEqual({ protected_branches: false, custom_branch_policies: true });
  const rules = await ada.rest.repos.listDeploymentBranchPolicies({ ...at, environment_name: "tied" });
  expect(rules.data.branch_policies.map(({ name }) => name)).toEqual(["main"]);
  const none = ada.rest.repos.getEnvironment({ ...at, environment_name: "none" });
  expect(await refusal(none)).toMatchObject({ status: 404 });
});
