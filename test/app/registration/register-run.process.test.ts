import { afterAll, beforeAll, expect, it } from "vitest";
import { git } from "../../../core/git/run.ts";
import { WORKFLOWS } from "../../../core/github.ts";
import { modelFolder } from "../../../core/registry/paths.ts";
import { runResult } from "../../report/run-result.ts";
import { type ModelsOnGitHub, modelFiles, specOf, startModels } from "../models-on-github.ts";

let github: ModelsOnGitHub;
beforeAll(async () => {
  github = await startModels({ files: { ...modelFiles("late"), ...modelFiles("churn") } });
});
afterAll(() => github.end());

const change = (model: string, trees: number) => ({ [`models/${model}/model.yaml`]: specOf({ trees }) });
const at = async (model: string, path: string) =>
  JSON.parse((await git(github.repo.folder, ["show", `registry:${modelFolder(model)}/${path}`])).toString());
const latest = async (model: string): Promise<number> => (await at(model, "model.json")).latest_version;
const tags = async (model: string) =>
  (await git(github.repo.folder, ["tag", "--list", `${model}@*`])).toString().trim().split("\n");
const tries = async () => {
  const known = await git(github.repo.folder, ["ls-tree", "-r", "--name-only", "registry", "ledger"]);
  return known
    .toString()
    .split("\n")
    .filter((path) => path.includes("/tries/")).length;
};
const announced = (comments: string[]) => comments.filter((comment) => comment.includes("🏷️ Registered"));

/** A pull request whose run reported, merged. */
async function merged(branch: string, files: Record<string, string>, method?: "merge" | "squash" | "rebase") {
  const pull = await github.openPull(branch, files);
  await github.run(pull, {
    results: Object.fromEntries(Object.keys(files).map((path) => [path.split("/")[1] ?? "", {}])),
  });
  const commit = await github.merge(pull, method);
  return { pull, commit };
}

it.each(["merge", "squash", "rebase"] as const)("registers what a %s made, once, and says so", async (method) => {
  const before = method === "merge" ? 0 : await latest("penguins");
  const { pull, commit } = await merged(
    `by-${method}`,
    change("penguins", { merge: 101, squash: 102, rebase: 103 }[method]),
    method,
  );
  expect(github.comments(pull)[0]).toContain("penguins: waiting to be registered");

  await github.run("main", { results: { penguins: await github.stored() } });

  expect(await latest("penguins")).toBe(before + 1);
  expect(await at("penguins", `versions/${before + 1}.json`)).toMatchObject({
    source: { commit, pull_request: pull.issue.number },
    registered_by: { id: "acme" },
  });
  expect(await tags("penguins")).toContain(`penguins@v${before + 1}.0.0`);
  const [comment, announcement, ...more] = github.comments(pull);
  expect(more).toEqual([]);
  expect(announcement).toContain(`🏷️ Registered **penguins version ${before + 1}**`);
  expect(comment).toContain(`penguins version ${before + 1} is registered`);
  expect(comment).toContain("Next: `/promote production`");
  expect(announcement).toContain("predict_ms_per_row 3.21 ms");
  expect(announcement).toContain("Next: `/promote production`");
});

it("registers nothing twice: a second run of the commit, and the same run told twice", async () => {
  const { pull } = await merged("twice", change("penguins", 200));
  const results = { penguins: await github.stored() };
  await github.run("main", { results });
  const version = await latest("penguins");

  await github.run("main", { results });
  github.hosted.sandbox.faults.deliveries({ kind: "doubled", event: "workflow_run" });
  await github.run("main", { results });

  expect(await latest("penguins")).toBe(version);
  expect(announced(github.comments(pull))).toHaveLength(1);
});

it("registers each model of a pull request for itself, and says which was refused, why, and what to do", async () => {
  const { pull } = await merged("several", { ...change("late", 1), ...change("churn", 1) });
  const { evaluation } = runResult();
  const bad = evaluation && {
    ...evaluation,
    metrics: { ...evaluation.metrics, accuracy: { value: 0.2, function: "accuracy_score", greater_is_better: true } },
  };
  await github.run("main", {
    results: {
      late: await github.stored({ model: "late" }),
      churn: await github.stored({ model: "churn", evaluation: bad && { ...bad, binding: true } }),
    },
  });
  expect(await latest("late")).toBe(1);
  await expect(latest("churn")).rejects.toThrow();
  const [comment, ...others] = github.comments(pull);
  expect(announced(others)).toHaveLength(1);
  expect(others.find((each) => each.includes("❌"))).toContain("`GATE_FAILED`");
  expect(comment).toContain("1 of 2 models registered");
  expect(comment).toContain("`/retry`");
});

it("goes on where a registration was interrupted before it was told", async () => {
  const { pull } = await merged("half", change("penguins", 300));
  github.hosted.sandbox.faults.api({ kind: "fail", status: 502, path: /\/issues\/\d+\/comments$/, method: "POST" });
  await github.run("main", { results: { penguins: await github.stored() } });
  expect(announced(github.comments(pull))).toHaveLength(1);
});

it("says that a run failed on main, and registers what a second attempt makes", async () => {
  const { pull } = await merged("failing", change("late", 400));
  const version = await latest("late");
  const problem = { code: "COMMAND_FAILED", message: "node train.mjs failed" };
  const failed = { outcome: "failed" as const, problem, evaluation: undefined, binding: true };
  await github.run("main", { conclusion: "failure", results: { late: failed } });
  expect(github.comments(pull)[0]).toContain("late: not registered");
  expect(github.comments(pull).at(-1)).toContain("node train.mjs failed");

  await github.run("main", { results: { late: await github.stored({ model: "late" }) } });
  expect(await latest("late")).toBe(version + 1);
  expect(github.comments(pull)[0]).toContain(`late version ${version + 1} is registered`);
});

const registration = (commit: string) => github.check(commit, "Slipway: registration");

it("says on the commit that its run is awaited, and then which version it became", async () => {
  const { commit } = await merged("awaited", change("late", 450));
  expect(registration(commit)).toMatchObject({ status: "queued", title: "Waiting for the run of 1 model" });
  await github.run("main", { results: { late: await github.stored({ model: "late" }) } });
  const title = `late version ${await latest("late")}`;
  expect(registration(commit)).toMatchObject({ conclusion: "success", title });
});

it.each([
  ["cancelled", "`RUN_CANCELLED`", "was cancelled"],
  ["failure", "`RESULT_MISSING`", "ended (failure)"],
  ["timed_out", "`RESULT_MISSING`", "took longer"],
  ["startup_failure", "`RESULT_MISSING`", "could not start"],
  ["success", "`RESULT_MISSING`", "found nothing to run"],
] as const)("says on the commit and the pull request that a run left no result: %s", async (conclusion, code, why) => {
  const { pull, commit } = await merged(`empty-${conclusion}`, change("late", 500 + conclusion.length));
  await github.run("main", { conclusion });
  for (const text of [github.comments(pull).at(-1), registration(commit).summary]) {
    expect(text).toContain(code);
    expect(text).toContain(why);
  }
  expect(registration(commit)).toMatchObject({ conclusion: "failure", title: "late not registered" });
});

it("says on the commit that gates refused it, also where no pull request brought it", async () => {
  const commit = await github.push("main", change("late", 530));
  const stored = await github.stored({ model: "late" });
  const { evaluation } = stored;
  if (!evaluation) throw new Error("no evaluation");
  const metrics = { accuracy: { value: 0.1, function: "accuracy_score", greater_is_better: true } };
  await github.run("main", { results: { late: { ...stored, evaluation: { ...evaluation, metrics } } } });
  expect(registration(commit)).toMatchObject({ conclusion: "failure", title: "late not registered" });
  expect(registration(commit).summary).toContain("`GATE_FAILED`");
});

it("says on a commit that the branch was set back from that nothing of it is registered", async () => {
  const { commit, pull } = await merged("set-back", change("late", 540));
  await github.push("main", {}, { from: `${commit}^`, force: true });
  await github.run("main", { headSha: commit, results: { late: await github.stored({ model: "late" }) } });
  expect(registration(commit)).toMatchObject({ conclusion: "failure", title: "Nothing was registered" });
  expect(registration(commit).summary).toContain("`NOT_BINDING`");
  expect(github.comments(pull).at(-1)).toContain("`NOT_BINDING`");
});

it("registers nothing of another workflow, another branch, or a run whose workflow is not main's", async () => {
  const { pull, commit } = await merged("foreign", change("late", 600));
  const version = await latest("late");
  const results = { late: await github.stored({ model: "late" }) };
  await github.run("main", { path: ".github/workflows/evil.yml", results });
  await github.run(pull, { event: "push", results });
  await github.push("aside", change("late", 601), { from: `${commit}^` });
  const aside = await github.push("aside", {});
  await github.run("main", { headSha: aside, results });
  expect(await latest("late")).toBe(version);

  const other = await github.openPull("workflow", { [WORKFLOWS.register.path]: "name: Slipway\non: [push]\n" });
  await github.merge(other);
  await github.run("main", { headSha: commit, results });
  expect(await latest("late")).toBe(version);
  expect(github.comments(pull).at(-1)).toContain("`WORKFLOW_OUTDATED`");
});

it("counts a run whose workflow is not main's any more, and none of a commit that main never was at", async () => {
  const { pull, commit } = await merged("outdated", change("late", 650));
  const other = await github.openPull("newer-workflow", {
    [WORKFLOWS.register.path]: "name: Slipway\non: [push, merge_group]\n",
  });
  await github.merge(other);
  const [version, before] = [await latest("late"), await tries()];
  await github.run("main", { headSha: pull.head.sha, results: { late: await github.stored({ model: "late" }) } });
  expect(await tries()).toBe(before);
  await github.run("main", { headSha: commit, results: { late: await github.stored({ model: "late" }) } });
  expect([await latest("late"), await tries()]).toEqual([version, before + 1]);
});

it("refuses a manifest whose bytes Actions will delete, and says where they should be", async () => {
  const { pull } = await merged("volatile", change("late", 700));
  const { artifact } = runResult();
  const lost = await github.stored({
    model: "late",
    ...(artifact ? { artifact: { ...artifact, uri: "actions:1/a" } } : {}),
  });
  await github.run("main", { results: { late: lost } });
  expect(github.comments(pull).at(-1)).toContain("`ARTIFACT_NOT_DURABLE`");
});
