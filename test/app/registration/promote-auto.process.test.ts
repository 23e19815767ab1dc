import { afterAll, beforeAll, expect, it } from "vitest";
import { git } from "../../../core/git/run.ts";
import { modelFolder } from "../../../core/registry/paths.ts";
import type { Pull } from "../../../tools/sandbox/state.ts";
import { type ModelsOnGitHub, modelFiles, specOf, startModels } from "../models-on-github.ts";

const ABOUT = { owner: "acme", repo: "models" };
const POLICY = `promote: { staging: auto, canary: auto }
stages: [staging, canary, production]
approvals: { canary: 1 }
gates: { staging: [{ metric: accuracy, at-least: 0.5 }] }
metrics: { accuracy: { metric: accuracy_score } }
roles: { approve: { permission: write } }
`;

let github: ModelsOnGitHub;
beforeAll(async () => {
  github = await startModels({ policy: POLICY, files: modelFiles("late") });
});
afterAll(() => github.end());

const at = async (model: string, path: string) =>
  JSON.parse((await git(github.repo.folder, ["show", `registry:${modelFolder(model)}/${path}`])).toString());
const staged = async (model = "penguins") => (await at(model, "model.json")).stages;
const decisions = async (model: string) =>
  (await git(github.repo.folder, ["ls-tree", "--name-only", "registry", `${modelFolder(model)}/promotions/`]))
    .toString()
    .trim()
    .split("\n")
    .filter(Boolean).length;
const auto = (pull: Pull) => github.comments(pull).filter((comment) => comment.includes("promote: { staging: auto }"));

let trees = 300;
async function registered(model = "penguins", spec = specOf({ trees: ++trees })): Promise<Pull> {
  const files = { [`models/${model}/model.yaml`]: spec };
  const pull = await github.openPull(`change-${++trees}`, files);
  await github.run(pull, { results: { [model]: {} } });
  await github.merge(pull);
  await github.run("main", { results: { [model]: await github.stored() } });
  return pull;
}

it("puts a version into the stage as soon as it is registered, says so once, and opens its deployment", async () => {
  const pull = await registered();
  const { latest_version: version } = await at("penguins", "model.json");
  expect(await staged()).toMatchObject({ staging: { version } });
  expect(auto(pull)).toHaveLength(1);
  expect(auto(pull)[0]).toContain(`penguins version ${version} is in staging`);
  const { data } = await github.ada.rest.repos.listDeployments({ ...ABOUT, environment: "staging" });
  expect(data).toHaveLength(1);
});

it("asks in its own name, for the reason that the policy is", async () => {
  await registered();
  const { staging } = await staged();
  expect(await at("penguins", `promotions/${staging.decision}.json`)).toMatchObject({
    ...{ reason: "promote: auto", requested_by: { id: expect.stringMatching(/\[bot\]$/) }, host: "app" },
    source: { kind: "policy", repository: "acme/models" },
  });
});

it("waits for approvals where the policy wants them, and goes there by a person's approval on the pull request", async () => {
  const pull = await registered();
  const { latest_version: version } = await at("penguins", "model.json");
  expect(auto(pull)[0]).toContain(`penguins version ${version} waits for 1 approval before canary`);
  await github.ada.rest.issues.createComment({ ...ABOUT, issue_number: pull.issue.number, body: "/approve" });
  await github.hosted.settled();
  expect(await staged()).toMatchObject({ canary: { version } });
});

it("asks once: neither a run that is told twice nor a restart asks again", async () => {
  const pull = await registered();
  const before = await decisions("penguins");
  await github.hosted.restart();
  await github.hosted.app.catchUp?.();
  await github.hosted.settled();
  expect(await decisions("penguins")).toBe(before);
  expect(auto(pull)).toHaveLength(1);
});

it("tells a refusal on the pull request, with its reason, and the version is registered", async () => {
  const spec = specOf({ trees: ++trees, gate: 0.1 }).replace(
    "gates:\n",
    "gates:\n  staging:\n    - { metric: accuracy, at-least: 0.999 }\n",
  );
  const pull = await registered("late", spec);
  expect((await at("late", "model.json")).latest_version).toBe(1);
  expect(await staged("late")).toEqual({});
  expect(auto(pull)[0]).toContain("late version 1 stays out of staging");
  expect(auto(pull)[0]).toContain("GATE_FAILED");
});

it("tells it on the commit's check where no pull request brought it", async () => {
  const commit = await github.push("main", { "models/penguins/model.yaml": specOf({ trees: ++trees }) });
  await github.run("main", { results: { penguins: await github.stored() } });
  const { latest_version: version } = await at("penguins", "model.json");
  expect(github.check(commit, "Slipway: registration").summary).toContain(`penguins version ${version} is in staging`);
});
