import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { DefaultArtifactClient } from "@actions/artifact";
import { beforeEach, expect, it, onTestFinished, vi } from "vitest";
import { resultsService, runtimeToken } from "../../../tools/sandbox/results.ts";
import { startSandbox } from "../../../tools/sandbox/start.ts";
import type { Job, WorkflowRun } from "../../../tools/sandbox/state.ts";

// The client prints workflow commands.
beforeEach(() => void vi.spyOn(process.stdout, "write").mockReturnValue(true));

/** The real client as it is inside a job, in a run that nothing runs. */
async function insideJob() {
  const folder = await mkdtemp(path.join(tmpdir(), "slipway-results-"));
  const sandbox = await startSandbox({
    runner: (state, server) => {
      server.route("/", resultsService(state));
      return { onWorkflowEvent() {}, rerun() {}, cancel() {}, branchesInto: () => undefined };
    },
  });
  onTestFinished(async () => {
    vi.unstubAllEnvs();
    await sandbox.close();
    await rm(folder, { recursive: true, force: true });
  });
  sandbox.addUser("ada");
  await sandbox.addRepository({ owner: "acme", name: "models", collaborators: { ada: "write" }, files: { a: "" } });
  const run = await sandbox.addFinishedRun("acme/models", {
    path: ".github/workflows/ci.yml",
    event: "push",
    jobs: () => [{ name: "one" }],
  });
  const [job] = run.jobs as [Job];
  const enter = (at: WorkflowRun, as: Job) => {
    as.status = "in_progress";
    vi.stubEnv("ACTIONS_RESULTS_URL", `${sandbox.url}/`);
    vi.stubEnv("ACTIONS_RUNTIME_TOKEN", runtimeToken(sandbox.state, at, as));
    vi.stubEnv("GITHUB_SERVER_URL", sandbox.url.replace("127.0.0.1", "github.localhost"));
    vi.stubEnv("GITHUB_WORKSPACE", folder);
  };
  enter(run, job);
  const client = new DefaultArtifactClient();
  const upload = async (name: string, content = "hello") => {
    await writeFile(path.join(folder, "file.txt"), content);
    return await client.uploadArtifact(name, [path.join(folder, "file.txt")], folder);
  };
  return { sandbox, folder, run, job, enter, client, upload };
}

it("keeps what the real client uploads, shows it in REST, and gives it back whole", async () => {
  const { sandbox, folder, client, upload, run } = await insideJob();
  const { id = 0, digest, size } = await upload("slipway-result-penguins", "x".repeat(100_000));
  const { data } = await sandbox
    .octokit("ada")
    .rest.actions.getArtifact({ owner: "acme", repo: "models", artifact_id: id });
  expect(data).toMatchObject({
    id,
    name: "slipway-result-penguins",
    size_in_bytes: size,
    digest: `sha256:${digest}`,
    workflow_run: { id: run.id },
  });
  const expectedHash = `sha256:${digest}`;
  const { digestMismatch } = await client.downloadArtifact(id, { path: path.join(folder, "out"), expectedHash });
  expect(digestMismatch).toBe(false);
  expect(await readFile(path.join(folder, "out/file.txt"), "utf8")).toBe("x".repeat(100_000));
});

it("finds artifacts by name and lists them", async () => {
  const { client, upload } = await insideJob();
  const { id } = await upload("one");
  await upload("two");
  expect((await client.getArtifact("one")).artifact).toMatchObject({ name: "one", id });
  expect((await client.listArtifacts()).artifacts.map(({ name }) => name).sort()).toEqual(["one", "two"]);
});

it("takes a name once in an attempt, and again in the next", async () => {
  const { upload, run, job, enter } = await insideJob();
  await upload("one");
  await expect(upload("one", "other")).rejects.toThrow("already exists");
  const again = { ...job, id: job.id + 100_000, attempt: 2 };
  run.jobs.push(again);
  enter(run, again);
  await expect(upload("one", "other")).resolves.toMatchObject({ id: expect.any(Number) });
});

it("deletes an artifact, as the client asks", async () => {
  const { client, upload, run } = await insideJob();
  await upload("one");
  await client.deleteArtifact("one");
  expect(run.repository.artifacts.size).toBe(0);
});

it("refuses a token of its own making, another run's artifacts, and a job that has ended", async () => {
  const { sandbox, job, run, upload } = await insideJob();
  await upload("one");
  const call = async (token: string) => {
    const url = `${sandbox.url}/twirp/github.actions.results.api.v1.ArtifactService/ListArtifacts`;
    const answer = await fetch(url, { method: "POST", headers: { authorization: `Bearer ${token}` }, body: "{}" });
    return { status: answer.status, artifacts: ((await answer.json()) as { artifacts?: unknown[] }).artifacts?.length };
  };
  const good = runtimeToken(sandbox.state, run, job);
  const claims = Buffer.from(JSON.stringify({ scp: `Actions.Results:${run.id}:${job.id}` })).toString("base64url");
  expect(await call(good)).toEqual({ status: 200, artifacts: 1 });
  expect((await call(`${good.split(".")[0]}.${claims}.AAAA`)).status).toBe(401);
  const other = await sandbox.addFinishedRun("acme/models", {
    path: "x.yml",
    event: "push",
    jobs: () => [{ name: "x" }],
  });
  const [its] = other.jobs as [Job];
  its.status = "in_progress";
  expect(await call(runtimeToken(sandbox.state, other, its))).toEqual({ status: 200, artifacts: 0 });
  job.status = "completed";
  expect((await call(good)).status).toBe(401);
});

it("writes a blob until it is finalized, and never again", async () => {
  const { sandbox, job, run } = await insideJob();
  const call = async (method: string, body: object) => {
    const url = `${sandbox.url}/twirp/github.actions.results.api.v1.ArtifactService/${method}`;
    const authorization = `Bearer ${runtimeToken(sandbox.state, run, job)}`;
    const answer = await fetch(url, { method: "POST", headers: { authorization }, body: JSON.stringify(body) });
    return (await answer.json()) as Record<string, string>;
  };
  const { signed_upload_url: at = "" } = await call("CreateArtifact", { name: "one" });
  expect((await fetch(at, { method: "PUT", body: "good" })).status).toBe(201);
  expect(await call("FinalizeArtifact", { name: "one", size: "5" })).toMatchObject({
    msg: expect.stringContaining("not that"),
  });
  expect(await call("FinalizeArtifact", { name: "one", size: "4" })).toMatchObject({ ok: true });
  expect((await fetch(at, { method: "PUT", body: "evil" })).status).toBe(403);
});

it("gives a blob only to an address that it signed", async () => {
  const { sandbox, upload, run } = await insideJob();
  const { id = 0 } = await upload("one");
  const file = path.basename(run.repository.artifacts.get(id)?.file ?? "");
  const soon = Date.now() + 60_000;
  expect((await fetch(`${sandbox.url}/blobs/${file}?se=${soon}&sp=read&sig=${"A".repeat(43)}`)).status).toBe(403);
  const put = { method: "PUT", body: "forged" };
  expect((await fetch(`${sandbox.url}/blobs/${file}?se=${soon}&sp=write&sig=${"A".repeat(43)}`, put)).status).toBe(403);
});
