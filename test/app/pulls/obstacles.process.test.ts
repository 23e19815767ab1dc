import { rm } from "node:fs/promises";
import { dirname } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { WORKFLOWS } from "../../../core/github.ts";
import { makeKey } from "../../git/ssh/keys.ts";
import { type ModelsOnGitHub, modelFiles, specOf, startModels } from "../models-on-github.ts";

async function begin(options: Parameters<typeof startModels>[0] = {}): Promise<ModelsOnGitHub> {
  const github = await startModels(options);
  onTestFinished(() => github.end());
  return github;
}

const CHANGE = { "models/penguins/model.yaml": specOf({ trees: 7 }) };

/** What the check says of a pull request, before any run has ended. */
async function checked(github: ModelsOnGitHub, files: Record<string, string | null> = CHANGE) {
  const pull = await github.openPull("change", files);
  return github.check(pull.head.sha, "Slipway");
}

it.each([
  ["no store", "slipway: 1\n", "ARTIFACT_NOT_DURABLE"],
  ["a store that each job has for itself", "slipway: 1\nartifacts: { store: 'file:store' }\n", "ARTIFACT_NOT_DURABLE"],
  ["a folder that is not the repository's", "slipway: 1\nartifacts: { store: 'file:/mnt/7' }\n", "STORE_NOT_ALLOWED"],
  ["a store that this App may not use", "slipway: 1\nartifacts: { store: 's3://bucket/7' }\n", "STORE_NOT_ALLOWED"],
])("fails at once where main's policy names %s", async (_, policy, code) => {
  const check = await checked(await begin({ files: { "slipway.yaml": policy } }));
  expect(check).toMatchObject({ conclusion: "failure", title: "penguins would not be registered" });
  expect(check.summary).toContain(`\`${code}\``);
});

it("lets a pull request that names the store itself wait for its run", async () => {
  const github = await begin({ files: { "slipway.yaml": "slipway: 1\n" } });
  const policy = `slipway: 1\nartifacts: { store: "file:${github.store}" }\n`;
  expect(await checked(github, { ...CHANGE, "slipway.yaml": policy })).toMatchObject({ status: "queued" });
});

it("fails at once where main has no workflow that registers, and says so on the commit if it is merged all the same", async () => {
  const github = await begin();
  await github.push("main", { [WORKFLOWS.register.path]: null });
  const pull = await github.openPull("change", CHANGE);
  expect(github.check(pull.head.sha, "Slipway").summary).toContain("`WORKFLOW_MISSING`");
  const commit = await github.merge(pull);
  expect(github.check(commit, "Slipway: registration")).toMatchObject({ conclusion: "failure" });
  expect(github.comments(pull).at(-1)).toContain("`WORKFLOW_MISSING`");
});

it("fails at once where the policy names signers, and this App is none", async () => {
  const key = await makeKey();
  const github = await begin({ policy: `signers: [{ name: somebody, key: "${key.text}" }]\n` });
  expect((await checked(github)).summary).toContain("`NOT_A_SIGNER`");
});

it("fails at once where a new model's name is taken for another's", async () => {
  const github = await begin();
  await github.push("main", CHANGE);
  await github.run("main", { results: { penguins: await github.stored() } });
  const check = await checked(github, modelFiles("Penguins"));
  expect(check).toMatchObject({ conclusion: "failure" });
  expect(check.summary).toContain("`NAME_INVALID`");
});

it("says on the commit that a registration is tried again while the store is away", async () => {
  const github = await begin({ hosted: { config: { SLIPWAY_TRIES: 1 } } });
  const pull = await github.openPull("change", CHANGE);
  const commit = await github.merge(pull);
  const results = { penguins: await github.stored() };
  await rm(dirname(github.store), { recursive: true });
  await github.run("main", { results });
  const { conclusion, summary } = github.check(commit, "Slipway: registration");
  expect(conclusion).toBe("failure");
  expect(summary).toContain("is not registered yet: it is tried again");
  expect(summary).toContain("`STORE_UNREACHABLE`");
});
