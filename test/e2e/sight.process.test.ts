import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { modelsRepository, removeRoot } from "./models-repository.ts";
import { FILES, SPEC } from "./tiny-model.ts";

/** Reports all that it can read of what it was given: environment, working folder, and the run's folder above its paths. */
const LOOK = `import { appendFileSync, readdirSync, readFileSync, statSync } from "node:fs";
const given = Object.entries(process.env).filter(([name]) => /^SLIPWAY_(MODEL|FEATURES|PREDICTIONS|TRAIN_DATA|PARAMS)$/.test(name));
const top = given[0][1].replace(/(\\/slipway-run-[^/]+)\\/.*/, "$1");
const seen = [];
const walk = (folder) => {
  for (const name of readdirSync(folder)) {
    const path = folder + "/" + name;
    if (statSync(path).isDirectory()) walk(path);
    else seen.push({ path: path.slice(top.length), text: readFileSync(path, "utf8").slice(0, 5000) });
  }
};
walk(top);
appendFileSync(process.env.OUT, JSON.stringify({ step: process.argv[1], env: process.env, cwd: process.cwd(), top, seen }) + "\\n");
`;

/** One registration that looks; the tests read what it saw. */
function looking() {
  looked ??= look();
  return looked;
}
let looked: ReturnType<typeof look> | undefined;
afterAll(async () => {
  if (looked) await removeRoot((await looked).place.root);
});

async function look() {
  const place = await modelsRepository({
    shared: true,
    files: {
      "models/tiny/look.mjs": LOOK,
      "models/tiny/predict.mjs": `import "./look.mjs";\n${FILES["predict.mjs"]}`,
      "models/tiny/train.mjs": `import "./look.mjs";\n${FILES["train.mjs"]}`,
      "secret-notes.txt": "not declared",
    },
  });
  const out = join(place.root, "seen.jsonl");
  await place.spec({ environment: { env: { OUT: out } } });
  await place.commit();
  place.env.MY_TOKEN = "hunter2";
  place.env.GIT_DIR_OF_CALLER = "x";
  const { code } = await place.slipway("register", "tiny");
  const [train, predict] = (await readFile(out, "utf8"))
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  return { place, code, train, predict };
}

it("gives predict features and no label, in none of the files that it is given", async () => {
  const { code, predict } = await looking();
  expect(code).toBe(0);
  const features = predict.seen.find(({ path }: { path: string }) => path.includes("features"));
  expect(features.text.split("\n")[0]).toBe("slipway_id,id,x");
  for (const { path, text } of predict.seen) expect([path, /(^|,)(low|high)$/m.test(text)]).toEqual([path, false]);
});

it("gives train no test rows", async () => {
  const { train } = await looking();
  expect(train.seen.some(({ text }: { text: string }) => /^a0,0,low$/m.test(text))).toBe(true);
  for (const { path, text } of train.seen) expect([path, /^t\d+,/m.test(text)]).toEqual([path, false]);
});

it("gives user code neither .git, nor undeclared files, nor the caller's variables, nor a path into the repository", async () => {
  const { place, train, predict } = await looking();
  for (const step of [train, predict]) {
    const paths = step.seen.map(({ path }: { path: string }) => path);
    expect(paths.filter((path: string) => /\.git\b|secret-notes|data\/(train|test)\.csv/.test(path))).toEqual([]);
    expect(
      Object.keys(step.env)
        .filter((name) => !/^SLIPWAY_/.test(name))
        .sort(),
    ).toEqual(
      [
        ...["GIT_CEILING_DIRECTORIES", "HOME", "LANG"],
        ...["MLFLOW_ALLOW_FILE_STORE", "MLFLOW_TRACKING_URI", "OUT", "PATH", "PWD"],
        ...["PYTHONDONTWRITEBYTECODE", "TMPDIR"],
      ].filter((name) => name in step.env),
    );
    expect(JSON.stringify(step.env)).not.toContain("hunter2");
    expect(JSON.stringify({ ...step.env, OUT: "" })).not.toContain(place.folder);
  }
});

it("hands on what the default branch's policy names, and nothing that a branch's own adds", async () => {
  const place = await modelsRepository({
    policy: { environment: { pass: ["MY_PROXY"] } },
    files: {
      "models/tiny/train.mjs": `console.error(process.env.MY_PROXY, process.env.DATABASE_URL);\n${FILES["train.mjs"]}`,
    },
  });
  Object.assign(place.env, { MY_PROXY: "the proxy", DATABASE_URL: "the database" });
  await place.spec({ environment: { pass: ["MY_PROXY"] } });
  expect((await place.slipway("run", "tiny")).stderr).toContain("the proxy undefined");
  await place.git("switch", "-qc", "stranger");
  await place.spec({ environment: { pass: ["DATABASE_URL"] } });
  await place.policy({ environment: { pass: ["DATABASE_URL"] } });
  expect((await place.json("check", "tiny")).result.problems).toEqual([]);
  const { error, stderr } = await place.json("run", "tiny");
  expect(error.problems).toEqual([
    expect.objectContaining({ code: "SPEC_INVALID", found: "DATABASE_URL", line: expect.any(Number) }),
  ]);
  expect(stderr).not.toContain("the database");
});

it("says in the evaluation that labels in the same repository are reachable", async () => {
  const { place } = await looking();
  const { result } = await place.json("show", "tiny@1");
  expect(result.manifest?.evaluation.labels).toBe("reachable");
});

it("says that they were withheld where they came from elsewhere", async () => {
  const place = await modelsRepository();
  await place.write({ "../elsewhere.csv": FILES["data/test.csv"] });
  await place.spec({ data: { ...SPEC.data, test: `file://${place.root}/elsewhere.csv` } });
  await place.slipway("lock");
  const { result } = await place.json("run", "tiny");
  expect(result.runs[0]?.evaluation?.labels).toBe("withheld");
});
