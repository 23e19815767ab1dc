// Compares core/drift and the counts of profiles with the real SciPy and NumPy. By itself: npx tsx tools/conformance/drift.ts [seed]
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { double } from "../../core/data/count-by-cuts.ts";
import { Database } from "../../core/data/database.ts";
import { profileRows } from "../../core/data/profile.ts";
import { chiSquare } from "../../core/drift/chi-square.ts";
import { jensenShannon } from "../../core/drift/jensen-shannon.ts";
import { recomputeTest } from "../../core/drift/recompute-test.ts";
import { chiSquareTail, normalTail } from "../../core/drift/tails.ts";
import { twoProportions } from "../../core/drift/two-proportions.ts";
import { type DriftCase, driftCases } from "./drift-cases.ts";
import { installedScikitLearn } from "./real-tools.ts";
import type { Conformance } from "./sklearn.ts";

/** Numbers that both sides have under the same name. */
type Answer = Record<string, number | number[]>;

/** Under this a p is as good as 0, and a double holds few of its digits. */
const TINY = 1e-300;
/** Of what is a difference of nearly equal shares, neither side has more digits. */
const ROUNDING = 1e-12;

/** Each case to both: numbers agree to 1e-9 of their size. Needs python3 with venv. */
export async function run(seed = 1): Promise<Conformance> {
  const python = await installedScikitLearn();
  const cases = driftCases(seed);
  const script = fileURLToPath(new URL("drift_answers.py", import.meta.url));
  const lines = cases.map((each) => JSON.stringify(each));
  const options = { input: `${lines.join("\n")}\n`, timeout: 600_000, maxBuffer: 1e9 };
  const [version = "", ...answers] = (await execa(python, [script], options)).stdout.split("\n");
  if (answers.length !== cases.length) throw new Error(`${answers.length} answers to ${cases.length} questions`);
  const ours = await answerAll(cases);
  const failures = cases.flatMap((each, at) => {
    const [mine, theirs] = [ours[at] as Answer, JSON.parse(answers[at] as string) as Answer];
    return isSame(mine, theirs)
      ? []
      : [`${JSON.stringify(each).slice(0, 300)}: ${JSON.stringify(mine)} here, ${JSON.stringify(theirs)} there`];
  });
  return { name: `SciPy ${version}, drift`, cases: cases.length, failures };
}

async function answerAll(cases: readonly DriftCase[]): Promise<Answer[]> {
  const folder = await mkdtemp(join(tmpdir(), "slipway-drift-"));
  const db = await Database.open({ folder, read: [], write: [] });
  try {
    const answers: Answer[] = [];
    for (const each of cases) answers.push("values" in each ? await cutsOf(db, each.values) : answer(each));
    return answers;
  } finally {
    await db.close();
    await rm(folder, { recursive: true, force: true });
  }
}

function answer(each: Exclude<DriftCase, { values: number[] }>): Answer {
  if ("statistic" in each) return { tail: chiSquareTail(each.statistic, each.degrees) };
  if ("z" in each) return { tail: normalTail(each.z) };
  if ("first" in each) return { ...twoProportions(each.first, each.second) };
  const [reference, current] = [[...each.reference], [...each.current]];
  const asked = { what: "distribution" as const, reference, current, level: 0.05, least: 0.1 };
  const { effect, p } = recomputeTest(asked);
  const { statistic, degrees } = chiSquare(each);
  return { statistic, degrees, p, psi: effect, divergence: jensenShannon(each) ** 2 };
}

/** A profile's cuts, counts and quantiles, through DuckDB. */
async function cutsOf(db: Database, values: readonly number[]): Promise<Answer> {
  await db.run(
    `CREATE OR REPLACE TABLE rows AS SELECT row_number() OVER () AS n, x FROM (SELECT unnest([${values.map(double).join(", ")}]) AS x)`,
  );
  const column = { name: "x", type: "double" as const, value: "x", missing: "x IS NULL", declared: undefined };
  const { columns } = await profileRows(db, { stored: "rows", count: values.length, columns: [column] }, {});
  const { cuts = [], counts = [], quantiles = [] } = columns["x"] ?? {};
  return { cuts: cuts.map((cut) => cut + 0), counts, quantiles };
}

function isSame(ours: Answer, theirs: Answer): boolean {
  const names = Object.keys(theirs);
  const isDifference = (name: string) => ["statistic", "z", "psi", "divergence"].includes(name);
  return (
    names.length === Object.keys(ours).length &&
    names.every((name) => isClose(ours[name], theirs[name], isDifference(name) ? ROUNDING : TINY))
  );
}

/** `negligible`: a difference that is none, however small the numbers are. */
function isClose(a: unknown, b: unknown, negligible: number): boolean {
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((item, at) => isClose(item, b[at], negligible));
  if (typeof a !== "number" || typeof b !== "number") return false;
  return Math.abs(a - b) <= Math.max(1e-9 * Math.max(Math.abs(a), Math.abs(b)), negligible);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { name, cases, failures } = await run(Number(process.argv[2] ?? 1));
  for (const failure of failures.slice(0, 50)) console.error(failure);
  console.log(`${name}: ${cases} cases, ${failures.length} failures`);
  process.exitCode = failures.length > 0 ? 1 : 0;
}
