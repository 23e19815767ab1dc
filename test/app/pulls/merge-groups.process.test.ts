import { afterAll, beforeAll, expect, it } from "vitest";
import { WORKFLOWS } from "../../../core/github.ts";
import { type MadeRun, type ModelsOnGitHub, modelFiles, specOf, startModels } from "../models-on-github.ts";

let github: ModelsOnGitHub;
beforeAll(async () => {
  github = await startModels({ files: modelFiles("late") });
});
afterAll(() => github.end());

const change = (model: string, trees: number) => ({ [`models/${model}/model.yaml`]: specOf({ trees }) });

async function queued(branch: string, files: Record<string, string>) {
  const pull = await github.openPull(branch, files);
  const group = await github.hosted.sandbox.queueForMerge("acme/models", [pull.issue.number]);
  await github.hosted.settled();
  const run = (made: MadeRun) =>
    github.run("main", {
      event: "merge_group",
      headSha: group.headSha,
      headBranch: group.headRef.replace("refs/heads/", ""),
      ...made,
    });
  return { pull, group, run };
}

it("passes a group without a model at once", async () => {
  const { group } = await queued("docs", { "README.md": "hello\n" });
  expect(github.check(group.headSha, "Slipway")).toMatchObject({ conclusion: "success", title: "No model changed" });
  expect(github.check(group.headSha, "Slipway: production").conclusion).toBe("success");
});

it("gives a group both checks on its head, which its own run completes, and no comment", async () => {
  const { pull, group, run } = await queued("grouped", change("penguins", 1));
  expect(github.check(group.headSha, "Slipway").status).toBe("queued");
  await run({ results: { penguins: {} } });
  expect(github.check(group.headSha, "Slipway").conclusion).toBe("success");
  expect(github.check(group.headSha, "Slipway: production").conclusion).toBe("success");
  expect(github.comments(pull)[0]).toContain("waiting for the pipeline");
});

it("completes a group's checks after a restart too, and fails them where its run left nothing", async () => {
  const { group, run } = await queued("restarted", change("late", 2));
  await github.hosted.restart();
  await run({ results: {} });
  expect(github.check(group.headSha, "Slipway")).toMatchObject({
    conclusion: "failure",
    title: "late would not be registered",
  });
});

it("lets a group go on whose model's labels are sealed: it is scored once merged, and promoted no sooner", async () => {
  const { group, run } = await queued("sealed", change("penguins", 4));
  const waits = { unscored: "sealed" as const, handed: { predict: "a".repeat(64) }, evaluation: undefined as never };
  await run({ results: { penguins: waits } });
  expect(github.check(group.headSha, "Slipway")).toMatchObject({
    conclusion: "success",
    title: "penguins is scored on sealed labels once merged",
  });
  expect(github.check(group.headSha, "Slipway: production").conclusion).toBe("failure");
});

it("takes no result of a group whose workflow is not main's", async () => {
  const { group, run } = await queued("evil", { ...change("penguins", 3), [WORKFLOWS.pulls.path]: "name: Evil\n" });
  await run({ results: { penguins: {} } });
  expect(github.check(group.headSha, "Slipway").summary).toContain("`WORKFLOW_CHANGED`");
});
