import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import { formatCompareTitle } from "../../../core/acts/compare-title.ts";
import { decideAgain } from "../../../core/acts/decide-again.ts";
import { canonicalJson, sha256 } from "../../../core/canonical.ts";
import { timestamp } from "../../../core/clock.ts";
import { git } from "../../../core/git/run.ts";
import { WORKFLOWS } from "../../../core/github.ts";
import { modelFolder } from "../../../core/registry/paths.ts";
import { verifyRegistry } from "../../../core/registry/verify.ts";
import type { RunResult } from "../../../schemas/run-result.ts";
import { freePort } from "../../../tools/free-port.ts";
import { comparison, pair, within } from "../../gates/evidence.ts";
import { runResult } from "../../report/run-result.ts";
import { type ModelsOnGitHub, specOf, startModels } from "../models-on-github.ts";
import { openBrowser } from "../server/portal/browser.ts";

const PAIR = { model: "penguins", version: 2, stage: "production", live: 1 };
const COMPARE = `name: Slipway compare\non: workflow_dispatch\n`;

/** A registry that lets nobody read: it knows no user. */
async function deniedRegistry(): Promise<string> {
  const server = createServer((request, response) => {
    const realm = `http://${request.headers.host}/token`;
    response.writeHead(401, { "www-authenticate": `Bearer realm="${realm}",service="test"` }).end("{}");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Two versions, by the word of their runs; the first one is in production. */
async function begin(options: { policy?: string; workflow?: boolean; port?: number } = {}) {
  const host = await deniedRegistry();
  const store = `oci://${host}/acme/models`;
  const files = {
    "slipway.yaml": `slipway: 1\nartifacts: { store: "${store}" }\n${options.policy ?? ""}`,
    ...(options.workflow === false ? {} : { [WORKFLOWS.compare.path]: COMPARE }),
  };
  const github = await startModels({
    files,
    hosted: {
      config: { SLIPWAY_STORES: [`oci://${host}`] },
      ...(options.port === undefined ? {} : { port: options.port }),
    },
  });
  onTestFinished(() => github.end());
  const { data: issue } = await github.ada.rest.issues.create({ owner: "acme", repo: "models", title: "Ship it" });
  const results: Partial<RunResult>[] = [];
  for (const trees of [1, 2]) {
    const commit = await github.push("main", { "models/penguins/model.yaml": specOf({ trees }) });
    const made = stored(store, trees, commit);
    results.push(made);
    await github.run("main", { results: { penguins: made } });
  }
  const say = async (body: string) => {
    await github.ada.rest.issues.createComment({ owner: "acme", repo: "models", issue_number: issue.number, body });
    await github.hosted.settled();
    return said();
  };
  const said = () => [...github.repo.comments.values()].at(-1)?.body ?? "";
  await say("/promote penguins@1 production");
  return { github, say, said, second: results[1] as Partial<RunResult> };
}

function stored(store: string, seed: number, commit: string): Partial<RunResult> {
  const base = runResult();
  const digest = sha256(String(seed));
  const file = { uri: `${store}@sha256:${digest}`, sha256: digest, size: 10 };
  const files = [{ path: "model.json", sha256: digest, size: 10 }];
  const artifact = { uri: file.uri, sha256: sha256(canonicalJson(files)), size: 10, files };
  if (!base.evaluation || !base.data) throw new Error("the run is not whole");
  return {
    ...{ binding: true, fingerprint: digest, predictions: file, artifact },
    ...{
      stored: { store, at: timestamp(new Date()) },
      source: { commit, dirty: false },
      data: { ...base.data, profile: undefined },
    },
    evaluation: { ...base.evaluation, binding: true, comparisons: [] },
  };
}

/** What the default branch's run finds: the second version is better than the first. */
function compared(second: Partial<RunResult>, difference = 0.02): Partial<RunResult> {
  const { evaluation } = second;
  if (!evaluation) throw new Error("no evaluation");
  const accuracy = pair(0.91, 0.91 - difference, {
    difference: { value: difference, ...within(difference - 0.001, difference + 0.001) },
  });
  const { rows, sha256: test_sha256 } = evaluation.test;
  const found = comparison({ accuracy }, { version: 1, rows, test_sha256 });
  return { ...second, evaluation: { ...evaluation, comparisons: [found] } };
}

const compareRun = (github: ModelsOnGitHub, made: Parameters<ModelsOnGitHub["run"]>[1]) =>
  github.run("main", {
    path: WORKFLOWS.compare.path,
    event: "workflow_dispatch",
    title: formatCompareTitle(PAIR),
    ...made,
  });
const live = async ({ repo }: ModelsOnGitHub) =>
  JSON.parse((await git(repo.folder, ["show", `registry:${modelFolder("penguins")}/model.json`])).toString()).stages
    .production?.version;
const dispatches = ({ hosted }: ModelsOnGitHub) =>
  hosted.sandbox.state.requests.filter(({ method, path }) => method === "POST" && path.endsWith("/dispatches")).length;

it("compares first where it may not read the store, and decides as who asked when that is done", async () => {
  const { github, say, said, second } = await begin();
  expect(await live(github)).toBe(1);
  const answer = await say("/promote penguins@2 production");
  expect(answer).toContain("Comparing first: penguins version 2 with version 1");
  expect(answer).toContain("/actions/workflows/slipway-compare.yml");
  expect([await live(github), dispatches(github)]).toEqual([1, 1]);

  await compareRun(github, { results: { penguins: compared(second) } });
  expect(said()).toContain("penguins version 2 is in production");
  expect(await live(github)).toBe(2);
  const { findings } = await verifyRegistry({ folder: github.repo.folder, decide: decideAgain });
  expect(findings).toEqual([]);
});

it("compares first what a form of the portal asks for, and decides that as who sent it", async () => {
  const port = await freePort();
  const { github, second } = await begin({ port });
  const browser = openBrowser(`http://127.0.0.1:${port}`);
  await browser.signIn("ada");
  const token = await browser.formToken("/");
  const fields = { token, model: "penguins", version: "2", stage: "production" };
  expect((await browser.post("/r/acme/models/acts/promote", fields)).status).toBe(303);
  expect((await browser.get("/r/acme/models/")).text).toContain("/actions/workflows/slipway-compare.yml");
  await github.hosted.settled();
  expect([await live(github), dispatches(github)]).toEqual([1, 1]);
  await compareRun(github, { results: { penguins: compared(second) } });
  expect(await live(github)).toBe(2);
  const deployed = [...github.repo.deployments.values()].map(({ payload }) => (payload as { version: number }).version);
  expect(deployed).toEqual([1, 2]);
  const { findings } = await verifyRegistry({ folder: github.repo.folder, decide: decideAgain });
  expect(findings).toEqual([]);
});

it("compares first what the policy asks for by itself, and decides that when it is done", async () => {
  const { github, second } = await begin({ policy: "promote: { production: auto }\n" });
  expect([await live(github), dispatches(github)]).toEqual([1, 1]);
  await compareRun(github, { results: { penguins: compared(second) } });
  expect(await live(github)).toBe(2);
  const { findings } = await verifyRegistry({ folder: github.repo.folder, decide: decideAgain });
  expect(findings).toEqual([]);
});

it("decides on a comparison that the gates refuse", async () => {
  const { github, say, said, second } = await begin();
  await say("/promote penguins@2 production");
  await compareRun(github, { results: { penguins: compared(second, -0.5) } });
  expect(said()).toContain("penguins version 2 stays out of production");
  expect(await live(github)).toBe(1);
});

it("tells of a comparison that failed in the place where it was asked for, and leaves the stage alone", async () => {
  const { github, say, said } = await begin();
  await say("/promote penguins@2 production");
  await compareRun(github, { conclusion: "failure" });
  expect(said()).toContain("could not be compared");
  expect(said()).toContain("penguins version 2 stays out of production");
  expect(await live(github)).toBe(1);
});

it("says what the job itself said of a comparison that failed", async () => {
  const { github, say, said, second } = await begin();
  await say("/promote penguins@2 production");
  const problem = { code: "DATA_CHANGED", message: "The test data is not what version 2 saw", hint: "Put it back." };
  const failed = { ...second, outcome: "failed" as const, problem, evaluation: undefined as never };
  await compareRun(github, { conclusion: "failure", results: { penguins: failed } });
  expect(said()).toContain(
    "could not be compared: The test data is not what version 2 saw. Put it back. (DATA_CHANGED)",
  );
  expect(said()).toContain("penguins version 2 stays out of production");
});

it.each([
  ["another version than the one in the stage", { ...PAIR, live: 2 }],
  ["a stage that nothing is in", { ...PAIR, stage: "staging" }],
])("lets a run by hand about %s decide nobody's request", async (_, other) => {
  const { github, say, said, second } = await begin();
  const asked = await say("/promote penguins@2 production");
  await compareRun(github, { conclusion: "failure", title: formatCompareTitle(other) });
  expect(said()).toBe(asked);
  await compareRun(github, { results: { penguins: compared(second) } });
  expect(await live(github)).toBe(2);
});

it("takes no comparison of a run whose workflow is not main's", async () => {
  const { github, say, said, second } = await begin();
  await say("/promote penguins@2 production");
  const head = (await git(github.repo.folder, ["rev-parse", "main"])).toString().trim();
  await github.push("main", { [WORKFLOWS.compare.path]: `${COMPARE}# newer\n` });
  await compareRun(github, { headSha: head, results: { penguins: compared(second) } });
  expect(said()).toContain("WORKFLOW_OUTDATED");
  expect(await live(github)).toBe(1);
});

it("reads the rights of who asked again", async () => {
  const { github, say, said, second } = await begin();
  await say("/promote penguins@2 production");
  github.repo.collaborators.set("ada", "read");
  await compareRun(github, { results: { penguins: compared(second) } });
  expect(said()).toContain("🚫");
  expect(await live(github)).toBe(1);
});

it("goes on where the App was down when the comparison ended", async () => {
  const { github, say, second } = await begin();
  await say("/promote penguins@2 production");
  github.hosted.sandbox.faults.deliveries({ kind: "lost", event: "workflow_run", times: 3 });
  await compareRun(github, { results: { penguins: compared(second) } });
  expect(await live(github)).toBe(1);
  await github.hosted.restart();
  await github.hosted.settled();
  expect(await live(github)).toBe(2);
});

it("starts one run for a pair, whoever asks", async () => {
  const { github, say } = await begin();
  await say("/promote penguins@2 production");
  await github.hosted.sandbox.addFinishedRun("acme/models", { path: ".github/workflows/other.yml", event: "push" });
  const [run] = [...github.repo.runs.values()].slice(-1);
  if (!run) throw new Error("no run");
  Object.assign(run, { workflow: { ...run.workflow, path: WORKFLOWS.compare.path }, event: "workflow_dispatch" });
  Object.assign(run, { displayTitle: formatCompareTitle(PAIR), status: "in_progress", conclusion: null });
  expect(await say("/promote penguins@2 production")).toContain(`/actions/runs/${run.id}`);
  expect(dispatches(github)).toBe(1);
});

it("decides at once where main has no workflow that compares", async () => {
  const { github, say } = await begin({ workflow: false });
  expect(await say("/promote penguins@2 production")).toContain("penguins version 2 stays out of production");
  expect(dispatches(github)).toBe(0);
});
