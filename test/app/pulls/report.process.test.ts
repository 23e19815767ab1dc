import { afterAll, beforeAll, expect, it } from "vitest";
import { git } from "../../../core/git/run.ts";
import { AGAINST_PRODUCTION, runResult } from "../../report/run-result.ts";
import { type ModelsOnGitHub, modelFiles, specOf, startModels } from "../models-on-github.ts";

let github: ModelsOnGitHub;
beforeAll(async () => {
  github = await startModels({ files: modelFiles("late") });
});
afterAll(() => github.end());

const change = (trees: number) => ({ "models/penguins/model.yaml": specOf({ trees }) });
const checks = (commit: string) => [github.check(commit, "Slipway"), github.check(commit, "Slipway: production")];
const accuracy = (value: number) => {
  const { evaluation } = runResult();
  if (!evaluation) throw new Error("the builder makes an evaluation");
  return {
    evaluation: {
      ...evaluation,
      metrics: {
        ...evaluation.metrics,
        accuracy: { ...evaluation.metrics["accuracy"], value, function: "accuracy_score", greater_is_better: true },
      },
    },
  };
};

it("tells a new pull request what will run, and takes its result into one comment and both checks", async () => {
  const pull = await github.openPull("more-trees", change(80));

  expect(github.comments(pull)).toHaveLength(1);
  expect(github.comments(pull)[0]).toContain("penguins: waiting for the pipeline");
  expect(github.check(pull.head.sha, "Slipway")).toMatchObject({ status: "queued", title: "Waiting for the pipeline" });

  await github.run(pull, { results: { penguins: {} } });

  const [comment, ...more] = github.comments(pull);
  expect(more).toEqual([]);
  expect(comment).toContain("may merge: registers, and would be promotable to production");
  expect(checks(pull.head.sha)).toMatchObject([
    { conclusion: "success", title: "penguins would be registered" },
    { conclusion: "success", title: "penguins would be promoted to production" },
  ]);
});

it("reports a run of one model in six calls, and the same once more in none", async () => {
  const pull = await github.openPull("in-six", change(81));
  github.calls();

  await github.run(pull, { results: { penguins: {} } });
  const calls = github.calls();
  const ended = calls.slice(calls.findIndex((call) => call.includes("/jobs")));
  expect(ended.map((call) => call.replace(/\?.*/, "").replace(/\d+/g, "1"))).toEqual([
    "GET /actions/runs/1/jobs",
    "GET /actions/artifacts/1",
    "GET /actions/artifacts/1/zip",
    "PATCH /issues/comments/1",
    "PATCH /check-runs/1",
    "PATCH /check-runs/1",
  ]);

  await github.ada.rest.pulls.update({ owner: "acme", repo: "models", pull_number: pull.issue.number, title: "Other" });
  await github.hosted.settled();
  expect(github.calls()).toEqual([]);
});

it("follows a new commit, in the same comment, and leaves the old one's late run alone", async () => {
  const pull = await github.openPull("moves-on", change(82));
  const old = pull.head.sha;
  await github.push("moves-on", change(83));
  expect(pull.head.sha).not.toBe(old);

  await github.run(pull, { headSha: old, results: { penguins: accuracy(0.99) } });
  expect(github.comments(pull)).toHaveLength(1);
  expect(github.comments(pull)[0]).toContain("waiting for the pipeline");
  expect(github.check(pull.head.sha, "Slipway").status).toBe("queued");

  await github.run(pull, { results: { penguins: {} } });
  expect(github.comments(pull)).toHaveLength(1);
  expect(github.comments(pull)[0]).toContain(pull.head.sha.slice(0, 12));
});

it("fails both checks where the register gate fails, and the second alone where production's does", async () => {
  const pull = await github.openPull("worse", change(84));
  await github.run(pull, { results: { penguins: accuracy(0.7) } });
  expect(checks(pull.head.sha).map(({ conclusion }) => conclusion)).toEqual(["failure", "failure"]);
  expect(github.check(pull.head.sha, "Slipway").summary).toContain("`GATE_FAILED`");

  await github.run(pull, { results: { penguins: accuracy(0.82) } });
  expect(checks(pull.head.sha).map(({ conclusion }) => conclusion)).toEqual(["success", "failure"]);
  expect(github.comments(pull)[0]).toContain("may merge: registers. Not promotable to production as it is");
});

it("fails the second check, never neutral, where a comparison is with another version than the live one", async () => {
  const pull = await github.openPull("inconclusive", change(85));
  const { evaluation } = runResult();
  const stale = evaluation && { ...evaluation, comparisons: [AGAINST_PRODUCTION] };
  await github.run(pull, { results: { penguins: { evaluation: stale } } });
  expect(checks(pull.head.sha)).toMatchObject([{ conclusion: "success" }, { conclusion: "failure" }]);
  expect(github.check(pull.head.sha, "Slipway: production").summary).toContain("`GATE_INCONCLUSIVE`");
});

it("takes the gates of main, whatever the run says of its own", async () => {
  const pull = await github.openPull("loose", { "models/penguins/model.yaml": specOf({ gate: 0.1, trees: 86 }) });
  const passing = runResult().gates;
  await github.run(pull, { results: { penguins: { ...accuracy(0.7), gates: passing } } });
  expect(github.check(pull.head.sha, "Slipway").conclusion).toBe("failure");
  expect(github.comments(pull)[0]).toContain("Changes the gates of penguins. Those of main decide here");
});

it("passes a pull request that changes no model, without a comment", async () => {
  const pull = await github.openPull("docs", { "README.md": "hello\n" });
  expect(github.comments(pull)).toEqual([]);
  expect(checks(pull.head.sha)).toMatchObject([
    { conclusion: "success", title: "No model changed" },
    { conclusion: "success", title: "No model changed" },
  ]);
});

it.each([
  [
    "workflows",
    ".github/workflows/other.yml",
    "on: push\njobs: {}\n",
    "Changes workflow files: .github/workflows/other.yml.",
  ],
  [
    "the policy",
    "slipway.yaml",
    "slipway: 1\napprovals: { production: 0 }\nroles: {}\n",
    "Changes slipway.yaml. The policy of main decides here",
  ],
])(
  "says in a comment and in the check what a pull request that changes %s alone does",
  async (what, path, text, words) => {
    const pull = await github.openPull(`alone-${what.replace(" ", "-")}`, { [path]: text });
    expect(github.comments(pull)).toHaveLength(1);
    expect(github.comments(pull)[0]).toContain(words);
    expect(github.check(pull.head.sha, "Slipway")).toMatchObject({
      conclusion: "success",
      title: "No model changed",
      summary: expect.stringContaining(words.split(".")[0] as string),
    });
  },
);

it("refuses a policy whose floors are for a model that is not there, by whatever name it went before", async () => {
  const floors = "overrides: { penguinz: { gates: { production: [{ metric: artifact_mb, at-most: 1 }] } } }\n";
  const pull = await github.openPull("misspelt", { "slipway.yaml": `slipway: 1\n${floors}` });
  const { conclusion, summary } = github.check(pull.head.sha, "Slipway");
  expect({ conclusion, summary }).toMatchObject({
    conclusion: "failure",
    summary: expect.stringContaining("there is no model penguinz"),
  });
});

it("announces at the top what a pull request changes of a model, though its numbers are as good", async () => {
  const spec = specOf({ trees: 50 })
    .replace("label: species", "label: { column: species, positive: Adelie }, group: colony, null-values: [NA]")
    .replace("run: node predict.mjs", "run: node other.mjs");
  const pull = await github.openPull("quiet", {
    "models/penguins/model.yaml": `${spec}environment: { setup: npm ci }\n`,
    "models/penguins/other.mjs": "",
  });
  await github.run(pull, { results: { penguins: {} } });
  const [comment = ""] = github.comments(pull);
  const top = comment.slice(0, comment.indexOf("####"));
  for (const key of ["data.group", "data.label", "data.null-values", "predict.run"]) expect(top).toContain(key);
  expect(top).toContain("Changes the environment of penguins: environment.setup.");
  expect(top).toContain("Changes code of penguins: models/penguins/other.mjs.");
});

it("shows a spec's problems on their lines, and says so in the comment until they are mended", async () => {
  const broken = specOf().replace("accuracy_score", "acuracy_score").replace("run: node predict.mjs", "ran: x");
  const pull = await github.openPull("broken", { "models/penguins/model.yaml": broken });
  const check = github.check(pull.head.sha, "Slipway");
  expect(check).toMatchObject({ conclusion: "failure", title: "3 problems in the specs" });
  expect(check.annotations).toContainEqual(
    expect.objectContaining({ path: "models/penguins/model.yaml", start_line: 7, annotation_level: "failure" }),
  );
  expect(github.comments(pull)[0]).toContain("there is no metric acuracy_score");

  await github.push("broken", change(87));
  expect(github.comments(pull)).toHaveLength(1);
  expect(github.comments(pull)[0]).toContain("waiting for the pipeline");
});

it("says what is wrong with a policy that cannot be read", async () => {
  const pull = await github.openPull("policy", { "slipway.yaml": "slipway: 2\n" });
  expect(github.check(pull.head.sha, "Slipway")).toMatchObject({ conclusion: "failure" });
  expect(github.comments(pull)[0]).toContain("slipway.yaml");
});

it("tells of several models in one comment: a table, and each report folded", async () => {
  const pull = await github.openPull("two", { ...change(88), "models/late/model.yaml": specOf({ trees: 1 }) });
  await github.run(pull, { results: { penguins: {}, late: accuracy(0.5) } });
  const [comment = ""] = github.comments(pull);
  expect(comment).toContain("1 of 2 models cannot go on as they are");
  expect(comment.indexOf("❌ late")).toBeLessThan(comment.indexOf("✅ penguins"));
  expect(github.check(pull.head.sha, "Slipway")).toMatchObject({
    conclusion: "failure",
    title: "late would not be registered",
  });
});

it("lets a removed model go, and says that its versions stay", async () => {
  const pull = await github.openPull("gone", { "models/late/model.yaml": null });
  expect(github.check(pull.head.sha, "Slipway")).toMatchObject({ conclusion: "success" });
  expect(github.comments(pull)[0]).toContain("late: removed");
});

it("shows charts that it drew itself, kept by their content on the branch experiments", async () => {
  const pull = await github.openPull("charts", change(91));
  const { evaluation } = runResult();
  const matrix = {
    labels: ["a", "b"],
    values: [
      [40, 3],
      [2, 55],
    ],
  };
  const confusion = { value: null, function: "confusion_matrix", greater_is_better: true, matrix };
  const training_curves = [1, 2, 3].map((step) => ({ step, loss: 1 / step }));
  await github.run(pull, {
    results: {
      penguins: {
        training_curves,
        evaluation: evaluation && { ...evaluation, metrics: { ...evaluation.metrics, confusion } },
      },
    },
  });
  const images = [...(github.comments(pull)[0] ?? "").matchAll(/src="([^"]+)"/g)].map(([, address]) => address ?? "");
  expect(images).toHaveLength(2);
  for (const image of images) {
    expect(image).toMatch(
      /^http:\/\/127\.0\.0\.1:\d+\/acme\/models\/blob\/experiments\/charts\/[0-9a-f]{64}\.svg\?raw=true$/,
    );
  }
});

it("keeps what each run of a pull request reported, where the comment tells the last one alone", async () => {
  const pull = await github.openPull("twice", change(92));
  for (const value of [0.91, 0.95]) await github.run(pull, { results: { penguins: accuracy(value) } });
  const files = (
    await git(github.repo.folder, ["ls-tree", "-r", "--name-only", "experiments", "run-records/penguins/"])
  )
    .toString()
    .split("\n")
    .filter(Boolean);
  const records = await Promise.all(
    files.map(async (file) => JSON.parse((await git(github.repo.folder, ["show", `experiments:${file}`])).toString())),
  );
  const own = records.filter(({ pull_request }) => pull_request === pull.issue.number);
  expect(own.map(({ metrics }) => metrics.accuracy.value).sort()).toEqual([0.91, 0.95]);
  expect(own[0]).toMatchObject({
    from: "pull",
    status: "finished",
    source: { commit: pull.head.sha },
    files: expect.arrayContaining([{ path: "models/penguins/model.yaml", blob: expect.any(String) }]),
  });
});

it("links the log of the job that failed", async () => {
  const pull = await github.openPull("failing-job", { "models/penguins/model.yaml": specOf({ trees: 4321 }) });
  const jobs = () => [{ name: "pipeline / penguins / train", conclusion: "failure" as const }];
  await github.run(pull, { conclusion: "failure", jobs });
  expect(github.comments(pull)[0]).toMatch(/penguins: \[log of train\]\(http\S+\/job\/\d+\)/);
});
