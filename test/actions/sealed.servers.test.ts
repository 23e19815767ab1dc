import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { PutBucketPolicyCommand, S3Client } from "@aws-sdk/client-s3";
import { expect, it } from "vitest";
import { run as planScore } from "../../actions/plan-score/run.ts";
import { run as score } from "../../actions/score/run.ts";
import { RunResult } from "../../schemas/run-result.ts";
import { labelsApart, SEALED, SEALED_BUCKETS, sealLabels } from "../e2e/labels-apart.ts";
import { SPEC } from "../e2e/tiny-model.ts";
import { s3Server } from "../helpers/real-server.ts";
import { gitIn } from "../registry/repositories.ts";
import { arrangeModels } from "../stages/models.ts";
import { runJobs } from "./chain.ts";
import { arrangeRunner, EVENTS } from "./ports.ts";
import { startScoringWire } from "./scoring-wire.ts";

/** A pull request whose model's labels are in a bucket that wants keys, after its own run. */
async function arrange(
  about: { policy?: Record<string, unknown>; from?: string; stores?: boolean; files?: Record<string, string> } = {},
) {
  const s3 = await s3Server(SEALED_BUCKETS);
  const keys = sealLabels(s3);
  const { data, files } = labelsApart();
  const store = { uri: "s3://sealed/store", endpoint: s3.endpoint, region: s3.region };
  const models = await arrangeModels({
    spec: { data },
    policy: { ...about.policy, ...(about.stores ? { artifacts: { store } } : {}) },
    files: { ...about.files, ...files, ".github/workflows/slipway.yml": "name: Slipway\n" },
  });
  const { repository, commit: tip } = models;
  await gitIn(repository.folder, "checkout", "-q", "-b", "better");
  await models.spec({ train: { ...SPEC.train, params: { threshold: 50 } } });
  const commit = await repository.commit("a better threshold");
  const wire = await startScoringWire(commit);
  const runner = await arrangeRunner(repository, { apiUrl: wire.url });
  const event = EVENTS.pullRequest(commit, tip, about.from ?? "acme/models");
  const { run, jobs } = await runJobs(runner, event, { model: "tiny", commit });
  const result = readFileSync(join(runner.artifacts.at("slipway-result-tiny"), "result.json"));
  const attested = wire.attest("tiny", result);
  const ended = {
    name: "workflow_run" as const,
    sha: tip,
    payload: { workflow_run: { id: 77, run_attempt: 1, head_sha: commit } },
  };
  /** The job `score` of score-model.yml. */
  const scoreIt = async (inputs: Record<string, string> = {}) => {
    const { ports, told } = await runner.job(ended, {
      ...{ stage: "sealed", model: "tiny", commit, run: "77", attempt: "1", origin: "same-repository", token: "t" },
      ...{ result: attested, environment: "slipway-labels", labels: JSON.stringify(keys), ...inputs },
    });
    const { outcome } = await score({ ...ports, context: { ...ports.context, runId: 88 } });
    const file = join(runner.artifacts.at("slipway-result-tiny"), "result.json");
    return { outcome, told, scored: RunResult.parse(JSON.parse(readFileSync(file, "utf8"))) };
  };
  return { ...models, s3, commit, tip, wire, runner, run, jobs, keys, ended, attested, scoreIt };
}

it("leaves a pull request's run without a score, and its jobs without the labels' keys", async () => {
  const { run, jobs } = await arrange();
  expect(jobs.score?.result).toBe("skipped");
  expect(run).toMatchObject({ outcome: "succeeded", unscored: "sealed" });
  expect(Object.keys(run.handed ?? {}).sort()).toEqual(["predict", "train", "validate"]);
});

it("scores it by the default branch's workflow, and says that the labels are sealed", async () => {
  const { scoreIt, run, commit } = await arrange();
  const { outcome, scored, told } = await scoreIt();
  expect(outcome).toBe("succeeded");
  expect(scored).toMatchObject({ outcome: "succeeded", run: run.run, binding: false, source: { commit } });
  expect(scored.unscored).toBeUndefined();
  expect(scored.evaluation).toMatchObject({ labels: "sealed", values: "steps" });
  expect(scored.evaluation?.labels_reason).toBeUndefined();
  expect(scored.evaluation?.metrics["accuracy"]?.value).toBeCloseTo(0.9, 1);
  expect(told.outputs["result"]).toMatch(/^result \d+ sha256:[0-9a-f]{64}$/);
  expect(told.masks).toContain("playground-secret");
  expect(JSON.stringify(told.lines)).not.toContain("playground-secret");
});

it("plans the models of the run that wait, by what its jobs attest", async () => {
  const { runner, ended, attested, commit } = await arrange();
  const { ports, told } = await runner.job(ended, { token: "t" });
  expect((await planScore(ports)).outcome).toBe("succeeded");
  expect(told.outputs).toMatchObject({ count: "1", run: "77", attempt: "1", head: commit, origin: "same-repository" });
  expect(JSON.parse(told.outputs["matrix"] ?? "")).toEqual({ include: [{ model: "tiny", result: attested }] });
});

it("opens them in the default branch's own run too, in the job score alone", async () => {
  const { runner, tip, keys } = await arrange();
  const scoring = { token: "t", labels: JSON.stringify(keys), environment: "slipway-labels" };
  const { run, jobs } = await runJobs(runner, EVENTS.push(tip), { model: "tiny", commit: tip, scoring });
  expect(run.problem).toBeUndefined();
  expect(run).toMatchObject({ binding: true, evaluation: { labels: "sealed", values: "steps" } });
  expect(jobs.validate?.told.outputs).toMatchObject({ unscored: "false", sealed: "true" });
});

it("says withheld where anybody may read the bucket", async () => {
  const { scoreIt, s3 } = await arrange();
  const { accessKeyId, secretAccessKey, endpoint, region } = s3;
  const client = new S3Client({
    endpoint,
    region,
    forcePathStyle: true,
    credentials: { accessKeyId, secretAccessKey },
  });
  const open = { Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: "arn:aws:s3:::sealed/*" };
  await client.send(new PutBucketPolicyCommand({ Bucket: "sealed", Policy: JSON.stringify({ Statement: [open] }) }));
  const { scored } = await scoreIt();
  expect(scored.evaluation).toMatchObject({
    labels: "withheld",
    labels_reason: expect.stringMatching(/anyone on a runner/),
  });
});

it.each<[string, (about: Awaited<ReturnType<typeof arrange>>) => void | Promise<void>, RegExp]>([
  [
    "its environment lets every branch in",
    ({ wire: { state } }) => {
      state.environment = { deployment_branch_policy: null };
    },
    /slipway-labels lets every branch in/,
  ],
  [
    "another branch gets into its environment",
    ({ wire }) => void wire.state.branches.push("*"),
    /lets more in than main/,
  ],
  [
    "there is no such environment",
    ({ wire: { state } }) => {
      state.environment = null;
    },
    /in no environment/,
  ],
])("says withheld where %s", async (_, change, reason) => {
  const about = await arrange();
  await change(about);
  const { scored } = await about.scoreIt();
  expect(scored.evaluation).toMatchObject({ labels: "withheld", labels_reason: expect.stringMatching(reason) });
});

it("says withheld where the default branch's policy gives one of the keys to training too", async () => {
  const { scoreIt } = await arrange({ policy: { secrets: { train: ["AWS_SECRET_ACCESS_KEY"] } } });
  const { scored } = await scoreIt();
  expect(scored.evaluation?.labels_reason).toBe("slipway.yaml gives AWS_SECRET_ACCESS_KEY to train too");
});

it("says withheld where the secret for other data opens the labels too", async () => {
  const { scoreIt, keys } = await arrange();
  const { scored } = await scoreIt({ data: JSON.stringify(keys) });
  expect(scored.evaluation?.labels_reason).toMatch(/open without/);
});

it.each([
  ["slipway-score.yml", 'secrets: { labels: "{}" }'],
  ["slipway-register.yml", "secrets: inherit"],
])("says withheld where %s hands on what may be the repository's secret", async (name, secrets) => {
  const caller = `jobs:\n  score:\n    uses: slipway/slipway/.github/workflows/score.yml@v1\n    ${secrets}\n`;
  const { scoreIt } = await arrange({ files: { [`.github/workflows/${name}`]: caller } });
  const { scored } = await scoreIt();
  expect(scored.evaluation?.labels_reason).toBe(
    `.github/workflows/${name} hands the secret \`labels\` on, which may be the repository's`,
  );
});

it("says withheld where they open with the secret for other data at the policy's own endpoint", async () => {
  const { scoreIt, keys } = await arrange({ stores: true });
  const { AWS_ENDPOINT_URL_S3: _, ...data } = keys;
  const secret = JSON.stringify(data);
  const { scored } = await scoreIt({ data: secret, labels: secret });
  expect(scored.evaluation?.labels_reason).toMatch(/open without/);
});

it("fails without keys, and its result says what the labels need", async () => {
  const { scoreIt, s3 } = await arrange();
  const { outcome, scored } = await scoreIt({
    labels: JSON.stringify({
      AWS_ENDPOINT_URL_S3: s3.endpoint,
      AWS_ACCESS_KEY_ID: "no",
      AWS_SECRET_ACCESS_KEY: "none",
    }),
  });
  expect(outcome).toBe("failed");
  expect(scored).toMatchObject({ outcome: "failed", problem: { message: expect.stringContaining(SEALED) } });
});

it("takes the default branch's gates, and refuses a judge of the pull request's own", async () => {
  const about = await arrange();
  const { repository, runner, wire, ended } = about;
  await about.spec({ slices: ["x"], gates: { register: [{ metric: "accuracy", slice: { x: 7 }, "at-least": 1 }] } });
  const commit = await repository.commit("one row at a time");
  wire.state.run["head_sha"] = commit;
  wire.state.pulls["acme:better"] = [commit];
  const { run } = await runJobs(runner, EVENTS.pullRequest(commit, about.tip), { model: "tiny", commit });
  wire.state.jobs.length = 0;
  const result = wire.attest("tiny", JSON.stringify(run));
  const event = { ...ended, payload: { workflow_run: { id: 77, run_attempt: 1, head_sha: commit } } };
  const { ports, told } = await runner.job(event, { token: "t" });
  await planScore(ports);
  expect(told.outputs["count"]).toBe("0");
  expect(told.summary).toContain("tiny is scored once this is merged: it changes slices");
  const { scored } = await about.scoreIt({ commit, result });
  expect(scored).toMatchObject({ outcome: "failed", problem: { code: "JUDGE_CHANGED" } });
});

it("takes no predictions but those that the run's last job attests", async () => {
  const { scoreIt, runner } = await arrange();
  appendFileSync(join(runner.artifacts.at("slipway-predict-tiny"), "record.json"), " ");
  const { outcome, scored } = await scoreIt();
  expect(outcome).toBe("failed");
  expect(scored.problem?.code).toBe("HANDOVER_CORRUPT");
});

it("takes no result that another job uploaded under its name", async () => {
  const { scoreIt, wire } = await arrange();
  wire.state.zips.set(500, Buffer.from("PK forged"));
  await expect(scoreIt()).rejects.toMatchObject({ code: "HANDOVER_CORRUPT" });
});
