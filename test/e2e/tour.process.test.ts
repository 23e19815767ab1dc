import { expect, it } from "vitest";
import { CLI_RESULTS } from "../../schemas/cli-output.ts";
import { modelsRepository, prepared, retrained } from "./models-repository.ts";

/** Version 1 (threshold 40) is in production; version 2 (50) is better, version 3 (20) worse than both. */
const three = prepared(async () => {
  const place = await modelsRepository({ shared: true });
  await place.slipway("register", "tiny");
  await place.slipway("promote", "tiny@1", "production");
  for (const threshold of [50, 20]) {
    await retrained(place, threshold);
    await place.slipway("register", "tiny");
  }
  return place;
});

it("walks check, plan and run, register and promote with exit code 0", async () => {
  const place = await modelsRepository();
  const codes: (number | null)[] = [];
  for (const line of [
    "check",
    "plan",
    "run tiny",
    "register tiny",
    "promote tiny@1 production",
    "ls",
    "log",
    "verify",
  ]) {
    codes.push((await place.slipway(...line.split(" "))).code);
  }
  expect(codes).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
});

it("takes the artifact of an earlier run with the same fingerprint, and evaluates again", async () => {
  const place = await modelsRepository();
  const { result: ran } = await place.json("run", "tiny");
  const { result } = await place.json("register", "tiny");
  expect(result.manifest).toMatchObject({
    artifact_from: "reused",
    source: { run: ran.runs[0]?.run },
    evaluation: { binding: true },
  });
});

it("registers a commit once, however often it is asked to", async () => {
  const place = await three();
  const again = await place.json("register", "tiny");
  expect(again).toMatchObject({ code: 0, result: { outcome: "unchanged", version: 3 } });
});

it("registers an unchanged model again where its version was withdrawn, from a commit of its own", async () => {
  const place = await three();
  await place.slipway("withdraw", "tiny@3", "--reason", "tried");
  const { result: again } = await place.json("register", "tiny");
  expect(again).toMatchObject({ outcome: "unchanged", version: 3, reason: expect.stringContaining("a new commit") });
  await place.git("commit", "-q", "--allow-empty", "-m", "once more");
  expect((await place.json("register", "tiny")).result).toMatchObject({ outcome: "registered", version: 4 });
});

it("puts a better version into production, in the place of the one that was there", async () => {
  const place = await three();
  const { code, result } = await place.json("promote", "tiny@2", "production");
  expect({ code, ...result }).toMatchObject({
    code: 0,
    outcome: "promoted",
    decision: {
      replaces: 1,
      assignment: 2,
      gates: [{ verdict: "pass" }, { verdict: "pass", baseline: { version: 1 } }],
    },
  });
});

it("refuses a worse version with exit code 1, the reason, and a record of the refusal", async () => {
  const place = await three();
  const { code, error, result } = await place.json("promote", "tiny@3", "production");
  expect({ code, error: error.code }).toEqual({ code: 1, error: "GATE_FAILED" });
  expect(error.problems[0]?.message).toContain("0.66 against 0.82 (version 1): worse by 0.16");
  const { result: log } = await place.json("log", "tiny");
  expect(log.entries[0]).toMatchObject({ outcome: "refused", version: 3, decision: result.decision?.id });
});

it("publishes nothing for a preview, and decides as the promotion then does", async () => {
  const place = await three();
  const before = await place.git("rev-parse", "registry");
  const preview = await place.json("promote", "tiny@2", "production", "--dry-run");
  expect(await place.git("rev-parse", "registry")).toBe(before);
  const real = await place.json("promote", "tiny@2", "production");
  expect(preview.result.decision?.gates).toEqual(real.result.decision?.gates);
});

it("goes two steps back when it is rolled back twice, and refuses a third", async () => {
  const place = await three();
  await place.slipway("promote", "tiny@2", "production");
  await place.policy({ gates: {} });
  await place.spec({ gates: {} });
  await place.commit("let anything through");
  await place.slipway("promote", "tiny@3", "production");
  const steps = [];
  for (let step = 0; step < 3; step++) steps.push(await place.json("rollback", "tiny", "production"));
  expect(steps.map(({ code, result, error }) => [code, result.version ?? error.code])).toEqual([
    [0, 2],
    [0, 1],
    [1, "NOTHING_TO_ROLL_BACK"],
  ]);
});

it("shows a model, a version and what is in a stage, and lists, logs and compares them", async () => {
  const place = await three();
  const [model, version, stage] = [
    await place.json("show", "tiny"),
    await place.json("show", "tiny@2"),
    await place.json("show", "tiny#production"),
  ];
  expect(model.result.versions?.map(({ version, stages }) => [version, stages])).toEqual([
    [3, []],
    [2, []],
    [1, ["production"]],
  ]);
  expect([version, stage].map(({ result }) => result.manifest?.version)).toEqual([2, 1]);
  const { result: diff } = await place.json("diff", "tiny@1", "tiny@2");
  expect(diff.params).toEqual([{ name: "threshold", from: "40", to: "50" }]);
  expect(diff.metrics.find(({ metric }) => metric === "accuracy")?.reading).toBe("better");
  const { result: list } = await place.json("ls");
  expect(list.models).toMatchObject([{ name: "tiny", latest_version: 3, stages: { production: { version: 1 } } }]);
});

it("finds the registry clean after all of it", async () => {
  const { code, result } = await (await three()).json("verify");
  expect({ code, ...result }).toMatchObject({ code: 0, commits: 4, versions: 3, decisions: 1, findings: [] });
});

it("plans what a commit would change, with the reason", async () => {
  const place = await three();
  const { result } = await place.json("plan", "--base", "HEAD~1", "--head", "HEAD");
  expect(result.models).toMatchObject([{ model: "tiny", reasons: [{ kind: "spec" }] }]);
});

it("plans nothing where nothing changed", async () => {
  const place = await three();
  const { result } = await place.json("plan", "--base", "HEAD", "--head", "HEAD");
  expect(result).toMatchObject({ models: [], unchanged: 1 });
});

const FAILING: [keyof typeof CLI_RESULTS, string[], number][] = [
  ["init", ["."], 2],
  ["completion", ["tcsh"], 2],
  ["check", ["nobody"], 2],
  ["lock", ["nobody"], 2],
  ["plan", ["--base", "nowhere"], 2],
  ["run", ["nobody"], 2],
  ["runs", ["show", "nothing"], 2],
  ["register", ["nobody"], 2],
  ["promote", ["tiny@9", "production"], 2],
  ["promote", ["tiny@1", "moon"], 2],
  ["rollback", ["nobody", "production"], 2],
  ["rollout", ["nobody", "production"], 2],
  ["deploy", ["--remote", "nowhere"], 2],
  ["alias", ["tiny", "champion", "9"], 2],
  ["tag", ["tiny@9", "a", "b"], 2],
  ["describe", ["nobody", "words"], 2],
  ["rename", ["tiny", "a/b"], 2],
  ["archive", ["tiny"], 2],
  ["withdraw", ["tiny@9"], 2],
  ["deprecate", ["nobody"], 2],
  ["ls", ["--remote", "nowhere"], 2],
  ["show", ["tiny@9"], 2],
  ["show", ["tiny#staging"], 2],
  ["card", ["tiny@9"], 2],
  ["pull", ["tiny@9", "--to", "there"], 2],
  ["predict", ["tiny@9", "rows.csv"], 2],
  ["errors", ["tiny@9"], 2],
  ["requests", ["nobody"], 2],
  ["monitor", ["nobody"], 2],
  ["retrain", ["nobody"], 2],
  ["evaluate", ["tiny@9"], 2],
  ["ledger", ["nobody"], 2],
  ["log", ["nobody"], 2],
  ["diff", ["tiny@1", "tiny@9"], 2],
  ["verify", ["--remote", "nowhere"], 2],
  ["gc", ["everything"], 2],
  ["serve", ["--port", "x"], 2],
  ["package", ["tiny@9"], 2],
  ["serve-registry", ["--port", "x"], 2],
  ["ui", ["--port", "x"], 2],
];

it("answers every failing command with a document of its schema, and the exit code of who has to act", async () => {
  const place = await three();
  const answers = await Promise.all(FAILING.map(([name, args]) => place.json(name, ...args)));
  expect(answers.map(({ code, ok }, at) => [FAILING[at]?.[0], ok, code])).toEqual(
    FAILING.map(([name, , code]) => [name, false, code]),
  );
  for (const { error } of answers) expect(error.problems.length).toBeGreaterThan(0);
});

it("covers every command with a schema in these tests of failure", () => {
  expect(new Set(FAILING.map(([name]) => name))).toEqual(new Set(Object.keys(CLI_RESULTS)));
});
