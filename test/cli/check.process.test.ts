import { expect, it } from "vitest";
import { CheckResult } from "../../schemas/cli-output.ts";
import { write } from "../data/setting.ts";
import { workRepository } from "../registry/repositories.ts";
import { gitIdentity, slipway } from "./memory-host.ts";

gitIdentity();

const SPEC = `slipway: 1
task: classification
data:
  train: [train.csv, s3://rows/2026/*.csv]
  test: "https://rows.test/test.csv?sig=secret"
  label: y
predict: { run: "true" }
train: { run: "true" }
metrics: { accuracy: { metric: accuracy_score } }
`;

/** What check says of the data elsewhere, with this lock. */
async function checked(lock?: unknown) {
  const cwd = await workRepository();
  const content = lock === undefined ? {} : { "models/m/data.lock.json": JSON.stringify(lock) };
  await write(cwd, { "models/m/model.yaml": SPEC, "models/m/train.csv": "y,x\na,3\n", ...content });
  const { code, stdout } = await slipway(["check", "--json"], { cwd });
  return { cwd, code, ...CheckResult.parse(JSON.parse(stdout).result) };
}

const entry = (uri: string, of?: string) => ({ uri, sha256: "a".repeat(64), size: 1, ...(of ? { of } : {}) });
const PATTERN = entry("s3://rows/2026/a.csv", "s3://rows/2026/*.csv");

it("warns of data elsewhere that no lock pins, where the spec names them, and says what to do", async () => {
  const { code, problems, warnings } = await checked();
  expect({ code, problems }).toEqual({ code: 0, problems: [] });
  const about = { code: "DATA_NOT_PINNED", file: "models/m/model.yaml", hint: expect.stringContaining("slipway lock") };
  expect(warnings).toMatchObject([
    { ...about, message: "s3://rows/2026/*.csv is not pinned", line: 4, column: 22 },
    { ...about, message: "https://rows.test/test.csv?… is not pinned", line: 5, column: 9 },
  ]);
});

it("warns of what the lock has not, alone", async () => {
  const { warnings } = await checked({ slipway: 1, files: [PATTERN] });
  expect(warnings).toMatchObject([{ code: "DATA_NOT_PINNED", line: 5 }]);
});

it("says nothing of data that are pinned", async () => {
  const test = entry("https://rows.test/test.csv?sig=secret");
  expect(await checked({ slipway: 1, files: [PATTERN, test] })).toMatchObject({ warnings: [], problems: [] });
});

it("refuses a lock that cannot be read", async () => {
  const { code, problems } = await checked({ slipway: 2 });
  expect(code).toBe(2);
  expect(problems).toMatchObject([{ code: "DATA_UNREADABLE", file: "models/m/data.lock.json" }]);
});

it("says once of a URI that nothing reads that nothing reads it", async () => {
  const cwd = await workRepository();
  await write(cwd, { "models/m/model.yaml": SPEC.replace("s3://rows", "gs://rows").replace("https", "s3") });
  const { result } = JSON.parse((await slipway(["check", "--json"], { cwd })).stdout);
  const about = CheckResult.parse(result).warnings.filter(({ line }) => line === 4);
  expect(about.map(({ code }) => code)).toEqual(["UNSUPPORTED", "DATA_MISSING"]);
});
