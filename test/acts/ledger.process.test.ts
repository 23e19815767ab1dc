import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { renameModel } from "../../core/acts/change-model.ts";
import { changeVersion } from "../../core/acts/change-version.ts";
import type { Ports } from "../../core/acts/ports.ts";
import { promoteVersion } from "../../core/acts/promote.ts";
import { registerResult } from "../../core/acts/register-result.ts";
import { reviewRequest } from "../../core/acts/review.ts";
import { rollBack } from "../../core/acts/rollback.ts";
import { testSetAccounts } from "../../core/acts/test-set-accounts.ts";
import { verifyAll } from "../../core/acts/verify-all.ts";
import type { RunResult } from "../../schemas/run-result.ts";
import type { Try } from "../../schemas/try.ts";
import { gitIn, temporaryFolder } from "../registry/repositories.ts";
import { comment, forge, PERSONS } from "./hosts.ts";
import { essays, runOfTip } from "./runs.ts";

const model = "essays";
const APP = { name: "slipway[bot]", id: "slipway[bot]" };
const CONFIDENT = "{ metric: readability, at-least: 0.1, min-rows: 1, confidence: 0.95 }";
const COMPARED = "{ metric: readability, versus: production, max-regression: 1, min-rows: 1 }";

/** A spec whose gates are these of production, and a policy with more. */
function rules({ gates = CONFIDENT, register = "", more = "" } = {}): Record<string, string> {
  const spec = essays("")["models/essays/model.yaml"] as string;
  return {
    "models/essays/model.yaml": `${spec}gates: { register: [${register}], production: [${gates}] }\n`,
    "slipway.yaml": `slipway: 1\n${more}`,
  };
}

/** A repository whose models predict what `merged` was last told to; runs of its tip, registered by a host. */
async function ledgerOf(files: Record<string, string> = rules()) {
  const log = join(await temporaryFolder(), "log");
  const repository = await forge({ ...essays(log), ...files });
  let now = Date.parse("2026-03-01T09:00:00Z");
  const clock = () => {
    now += 1_000;
    return new Date(now);
  };
  const another = () => repository.host({ clock });
  const host = await another();
  let answer = 0;
  const candidate = async (more: Record<string, string> = {}): Promise<RunResult> => {
    answer += 1;
    const code = essays(log)["models/essays/predict.mjs"]?.replace("1,a", `1,a${answer}`) as string;
    await repository.merge({ "models/essays/predict.mjs": code, ...more });
    return runOfTip(host, model);
  };
  const register = async (more: Record<string, string> = {}) => take(host, await candidate(more));
  return { ...repository, host, another, candidate, register };
}

const take = (host: Ports, run: RunResult) => registerResult(host, { run, requestedBy: APP });
const ask = (host: Ports, version: number, about: { preview?: boolean; stage?: string } = {}) =>
  promoteVersion(host, {
    ...{ model, version, stage: "production", requestedBy: PERSONS.ada, source: comment() },
    ...about,
  });

async function tries(host: Ports): Promise<Try[]> {
  const snapshot = await host.registry.snapshot();
  const sets = await snapshot.testSets();
  return (await Promise.all(sets.map((test) => snapshot.listOfTestSet("try", test)))).flat();
}

async function wrong(host: Ports): Promise<string[]> {
  return (await verifyAll(host)).findings.map(({ code, message }) => `${code} ${message}`);
}

const commits = ({ workspace }: Ports) =>
  gitIn(workspace.folder, "rev-list", "--count", "refs/remotes/origin/registry").then(Number);
const acts = ({ workspace }: Ports) =>
  gitIn(
    workspace.folder,
    "log",
    "--format=%(trailers:key=Slipway-Act,valueonly,separator=)",
    "refs/remotes/origin/registry",
  ).then((text) => text.split("\n"));

describe("a run", () => {
  it("spends a try in the commit that registers it", async () => {
    const { host, register } = await ledgerOf();
    expect(await register()).toMatchObject({ outcome: "registered", manifest: { tries: [{ budget: 20, before: 0 }] } });
    expect(await tries(host)).toMatchObject([
      { act: "register", outcome: "registered", version: 1, price: 0.0025, level: 0.0025, by: APP },
    ]);
    expect(await commits(host)).toBe(1);
    expect(await wrong(host)).toEqual([]);
  });

  it("spends it if it is refused too, as an act of its own", async () => {
    const { host, candidate } = await ledgerOf(
      rules({ gates: "", register: "{ metric: readability, at-least: 1, min-rows: 1 }" }),
    );
    const run = await candidate();
    for (const _ of [1, 2]) expect(await take(host, run)).toMatchObject({ outcome: "refused" });
    const made = await tries(host);
    expect(made).toMatchObject([{ act: "register", outcome: "refused", level: 0, run: run.run }]);
    expect(made[0]).not.toHaveProperty("version");
    expect(await acts(host)).toEqual(["try"]);
    expect(await wrong(host)).toEqual([]);
  });

  it("spends one more if the same predictions are measured otherwise, under the same gate", async () => {
    const predicted = "slipway_id,prediction\\n1,one\\n2,one\\n";
    const spec = (beta: number) => ({
      "models/essays/model.yaml": `slipway: 1
task: classification
data: { train: train.csv, test: test.csv, label: { column: word, positive: one } }
train: { run: node train.mjs }
predict: { run: node predict.mjs }
metrics: { readability: { metric: fbeta_score, beta: ${beta} } }
gates: { production: [${CONFIDENT}] }
`,
    });
    const { host, merge } = await ledgerOf({
      ...{ ...rules(), ...spec(1) },
      "models/essays/train.csv": "text,word\nv,one\nw,two\n",
      "models/essays/test.csv": "text,word\nx,one\ny,two\n",
      "models/essays/train.mjs": `import { writeFileSync } from "node:fs";\nwriteFileSync(\`\${process.env.SLIPWAY_MODEL}/m\`, "m");\n`,
      "models/essays/predict.mjs": `import { writeFileSync } from "node:fs";\nwriteFileSync(process.env.SLIPWAY_PREDICTIONS, "${predicted}");\n`,
    });
    await take(host, await runOfTip(host, model));
    await merge(spec(0.5));
    await take(host, await runOfTip(host, model));
    const [first, second] = await tries(host);
    expect(second).toMatchObject({ candidate: first?.candidate, gates: first?.gates, before: 0.0025 });
    expect(await wrong(host)).toEqual([]);
  });

  it("spends it if its bytes are lost, since what it found was seen", async () => {
    const { host, candidate } = await ledgerOf();
    const run = await candidate();
    const uri = "actions:1/2";
    const lost = { ...run, artifact: { ...(run.artifact as NonNullable<RunResult["artifact"]>), uri } };
    expect(await take(host, lost)).toMatchObject({ outcome: "refused", refusals: [{ code: "ARTIFACT_NOT_DURABLE" }] });
    expect(await tries(host)).toMatchObject([{ outcome: "refused" }]);
    expect(await take(host, run)).toMatchObject({ outcome: "registered", manifest: { tries: [{ before: 0 }] } });
    expect(await tries(host)).toHaveLength(1);
    expect(await wrong(host)).toEqual([]);
  });

  it("spends one more if it is made again and predicts otherwise, whatever the registry has of its commit", async () => {
    const { host, candidate } = await ledgerOf();
    const run = await candidate();
    await take(host, run);
    expect(await take(host, run)).toMatchObject({ outcome: "unchanged" });
    expect(await tries(host)).toHaveLength(1);
    const otherwise = { ...(run.predictions as NonNullable<RunResult["predictions"]>), sha256: "f".repeat(64) };
    expect(await take(host, { ...run, predictions: otherwise, run: "2-1-essays" })).toMatchObject({
      outcome: "unchanged",
    });
    expect(await tries(host)).toMatchObject([{ outcome: "registered" }, { act: "compare", outcome: "unchanged" }]);
    expect(await wrong(host)).toEqual([]);
  });

  it("spends nothing more if it is told again after its gates have changed", async () => {
    const { host, candidate, merge } = await ledgerOf();
    const run = await candidate();
    await take(host, run);
    await merge(rules({ gates: CONFIDENT.replace("0.1", "0.2") }));
    expect(await take(host, run)).toMatchObject({ outcome: "unchanged" });
    expect(await tries(host)).toHaveLength(1);
    expect(await wrong(host)).toEqual([]);
  });

  it("that loses a race is counted once, on what the other one has spent", async () => {
    const { host, another, candidate } = await ledgerOf();
    const runs = [await candidate(), await candidate()];
    const hosts = [await another(), await another()];
    await Promise.all(runs.map((run, at) => take(hosts[at] as Ports, run)));
    expect((await tries(host)).map(({ before }) => before).sort()).toEqual([0, 0.0025]);
    expect(await wrong(host)).toEqual([]);
  });

  it("is refused on a first test set whose rows cannot be held against one that came meanwhile, and is told to run again", async () => {
    const { host, candidate } = await ledgerOf();
    const first = await candidate();
    const second = await candidate({ "models/essays/test.csv": "text\nthree\nfour\n" });
    await take(host, first);
    const refused = await take(host, second);
    expect(refused).toMatchObject({
      outcome: "refused",
      refusals: [{ code: "SKETCH_STALE", hint: expect.stringContaining("Run it again") }],
    });
    expect(await tries(host)).toHaveLength(1);
    expect(await take(host, await runOfTip(host, model))).toMatchObject({ manifest: { version: 2 } });
    expect(await wrong(host)).toEqual([]);
  });

  it("is not refused for it on the same rows, whatever the key of their sketch", async () => {
    const { host, candidate } = await ledgerOf();
    const runs = [await candidate(), await candidate()];
    const keys = runs.map(({ data }) => data?.test_sketch?.key);
    expect(keys[0]).not.toBe(keys[1]);
    for (const run of runs) expect(await take(host, run)).toMatchObject({ outcome: "registered" });
    expect(await wrong(host)).toEqual([]);
  });

  it("starts a new count on new test rows, and none on one row more", async () => {
    const rows = Array.from({ length: 12 }, (_, at) => `text ${at}`);
    const test = (lines: readonly string[]) => ({
      "models/essays/test.csv": `text\n${lines.join("\n")}\n`,
      "models/essays/predict.mjs": writing(
        "prediction",
        lines.map((line) => `of ${line}`),
      ),
      "models/essays/score.mjs": writing(
        "metric,value",
        lines.map(() => "readability,1"),
      ),
    });
    const { host, merge } = await ledgerOf({ ...rules(), ...test(rows) });
    const register = async (lines: readonly string[]) => {
      await merge(test(lines));
      return take(host, await runOfTip(host, model));
    };
    expect(await register(rows.slice(1))).toMatchObject({ manifest: { tries: [{ before: 0 }] } });
    expect(await register(rows)).toMatchObject({ manifest: { tries: [{ before: 0.0025 }] } });
    const other = Array.from({ length: 12 }, (_, at) => `other ${at}`);
    expect(await register(other)).toMatchObject({ manifest: { tries: [{ before: 0 }] } });
    // The older set counts what the newer one spent.
    const accounts = await testSetAccounts(await host.registry.snapshot(), {});
    expect(accounts.map(({ tries: counted }) => counted).sort()).toEqual([1, 2, 2]);
    expect(await wrong(host)).toEqual([]);
  });
});

/** A program that writes a line for each row. */
function writing(columns: string, values: readonly string[]): string {
  const text = `slipway_id,${columns}\n${values.map((value, at) => `${at + 1},${value}`).join("\n")}\n`;
  const where = columns === "prediction" ? "SLIPWAY_PREDICTIONS" : "SLIPWAY_SCORES";
  return `import { writeFileSync } from "node:fs";\nwriteFileSync(process.env.${where}, ${JSON.stringify(text)});\n`;
}

describe("a promotion", () => {
  it("costs nothing if the version's run has answered its gates", async () => {
    const { host, register } = await ledgerOf(rules({ gates: `${CONFIDENT}, ${COMPARED}` }));
    await register();
    expect(await ask(host, 1)).toMatchObject({ decision: { tries: [{ before: 0, level: 0.0025 }] } });
    expect(await tries(host)).toHaveLength(1);
    expect(await wrong(host)).toEqual([]);
  });

  it("spends a try if its gates have changed since, in the commit of its decision", async () => {
    const { host, register, merge } = await ledgerOf(rules({ gates: "" }));
    await register();
    await merge(rules());
    expect(await ask(host, 1)).toMatchObject({ decision: { tries: [{ before: 0.0025, level: 0.0025 }] } });
    expect(await tries(host)).toMatchObject([
      { level: 0 },
      { act: "promote", stage: "production", outcome: "refused" },
    ]);
    expect(await acts(host)).toEqual(["promote", "register"]);
    expect(await ask(host, 1)).toMatchObject({ decision: { tries: [{ before: 0.0025 }] } });
    expect(await tries(host)).toHaveLength(2);
    expect(await wrong(host)).toEqual([]);
  });

  it("spends a try if another version went live since", async () => {
    const { host, register } = await ledgerOf(rules({ gates: COMPARED }));
    for (const _ of [1, 2]) await register();
    await ask(host, 1);
    expect(await tries(host)).toHaveLength(2);
    await ask(host, 2);
    expect(await tries(host)).toMatchObject([{ version: 1 }, { version: 2 }, { version: 2, live: { version: 1 } }]);
    expect(await wrong(host)).toEqual([]);
  });

  it("is not answered without one that is left, and costs nothing then", async () => {
    const { host, register } = await ledgerOf(rules({ more: "tries: 1\n" }));
    for (const _ of [1, 2]) await register();
    expect(await ask(host, 2)).toMatchObject({
      decision: { outcome: "refused", gates: [{ verdict: "inconclusive", reason: "TEST_SET_SPENT" }] },
    });
    expect((await tries(host)).map(({ level }) => level)).toEqual([0.05, 0]);
    expect(await wrong(host)).toEqual([]);
  });

  it("is not answered by a larger number of tries, once the test set is spent", async () => {
    const { host, register, merge } = await ledgerOf(rules({ more: "tries: 1\n" }));
    await register();
    await merge(rules({ more: "tries: 1000\n" }));
    await register();
    expect(await ask(host, 2)).toMatchObject({ decision: { gates: [{ reason: "TEST_SET_SPENT" }] } });
    expect(await wrong(host)).toEqual([]);
  });

  it("is not answered by what was asked without a promise over tries", async () => {
    const { host, register, merge } = await ledgerOf(rules({ more: "tries: 0\n" }));
    await register();
    await merge(rules());
    expect(await ask(host, 1)).toMatchObject({ decision: { gates: [{ reason: "TEST_SET_SPENT" }] } });
    expect(await tries(host)).toMatchObject([
      { budget: 0, level: 0.05 },
      { budget: 20, before: 0.05, level: 0 },
    ]);
    expect(await wrong(host)).toEqual([]);
  });

  it("spends its try with the request that waits, and no more with the approval", async () => {
    const { host, register, merge } = await ledgerOf(rules({ gates: "" }));
    await register();
    const gate = "{ metric: readability, at-least: 0.1, min-rows: 1 }";
    await merge(rules({ gates: gate, more: "approvals: { production: 1 }\n" }));
    const waiting = await ask(host, 1);
    if (waiting.outcome !== "waiting") throw new Error(`it came to ${waiting.outcome}`);
    expect(await tries(host)).toMatchObject([{}, { act: "promote", outcome: "waiting" }]);
    const about = { verdict: "approve", model, request: waiting.request.id, by: PERSONS.grace } as const;
    expect(await reviewRequest(host, { ...about, source: comment() })).toMatchObject({ outcome: "promoted" });
    expect(await tries(host)).toHaveLength(2);
    expect(await wrong(host)).toEqual([]);
  });

  it("is taken back for free", async () => {
    const { host, register, merge } = await ledgerOf(rules({ gates: "" }));
    for (const version of [1, 2]) {
      await register();
      await ask(host, version);
    }
    const before = await tries(host);
    await merge(rules());
    const back = { model, stage: "production", requestedBy: PERSONS.ada, source: comment() };
    expect(await rollBack(host, back)).toMatchObject({ outcome: "rolled-back" });
    expect(await tries(host)).toEqual(before);
  });
});

describe("a preview of a promotion", () => {
  it("says what the try would cost, and answers nothing that it would", async () => {
    const { host, register, merge } = await ledgerOf(rules({ gates: "" }));
    for (const _ of [1, 2]) await register();
    await ask(host, 1);
    await merge(rules({ gates: `${CONFIDENT}, ${COMPARED}, { metric: artifact_mb, at-most: 9 }` }));
    const before = await commits(host);
    expect(await ask(host, 2, { preview: true })).toMatchObject({
      outcome: "refused",
      unspent: [{ budget: 20, before: 0.005 }],
      decision: {
        gates: [{ reason: "TRY_NOT_SPENT" }, { reason: "TRY_NOT_SPENT" }, { verdict: "pass" }],
        comparisons: [{ metrics: {} }],
      },
    });
    expect([await commits(host), (await tries(host)).length]).toEqual([before, 2]);
  });

  it("answers what is paid for", async () => {
    const { host, register } = await ledgerOf(rules({ gates: `${CONFIDENT}, ${COMPARED}` }));
    await register();
    const seen = await ask(host, 1, { preview: true });
    expect(seen).not.toHaveProperty("unspent");
    expect(seen).toMatchObject({ decision: { gates: [{ reason: "INTERVAL_TOO_WIDE" }, { reason: "NO_BASELINE" }] } });
  });
});

it("counts a version that predicts new test rows again by what came of it, and answers it for free then", async () => {
  const { host, register } = await ledgerOf(rules({ gates: COMPARED }));
  await register();
  await ask(host, 1);
  await register({ "models/essays/test.csv": "text\nthree\nfour\n" });
  const [first, second] = (await tries(host)).sort((a, b) => (a.version ?? 0) - (b.version ?? 0));
  expect(second).toMatchObject({ version: 2, live: { version: 1 } });
  expect(second?.live?.predictions).not.toBe(first?.candidate);
  expect(await ask(host, 2, { preview: true })).not.toHaveProperty("unspent");
  expect(await ask(host, 2)).toMatchObject({ decision: { comparisons: [{ predictions: "recomputed" }] } });
  expect(await tries(host)).toHaveLength(2);
  expect(await wrong(host)).toEqual([]);
});

it("counts the tries of a model that was renamed, and of a version that was withdrawn", async () => {
  const { host, register } = await ledgerOf(rules({ gates: "" }));
  for (const _ of [1, 2]) await register();
  const by = PERSONS.ada;
  await renameModel(host, { model, to: "letters", by });
  await changeVersion(host, { act: "withdraw", model, version: 1, reason: "wrong", by });
  const [account] = await testSetAccounts(await host.registry.snapshot(), {}, model);
  expect(account?.spending).toMatchObject([
    { called: "letters", version: 2 },
    { called: "letters", version: 1, gone: true },
  ]);
  expect(account).toMatchObject({ budget: 20, tries: 2, spent: 0.005, left: 18 });
  expect(await wrong(host)).toEqual([]);
});
