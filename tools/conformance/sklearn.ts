// Compares core/metrics with the real scikit-learn. By itself: npx tsx tools/conformance/sklearn.ts [seed]
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { SlipwayError } from "../../core/errors.ts";
import { type ClassCurve, calibrationCurves, precisionRecallCurves, rocCurves } from "../../core/metrics/curves.ts";
import { evaluateMetrics } from "../../core/metrics/evaluate.ts";
import type { Scored } from "../../core/metrics/scored.ts";
import type { BuiltinMetric } from "../../schemas/metric-spec.ts";
import { installedScikitLearn, SCIKIT_LEARN } from "./real-tools.ts";
import { casesOf } from "./sklearn-cases.ts";

export interface Conformance {
  name: string;
  cases: number;
  failures: string[];
}

/** null: no number (NaN, infinite, refused by us); `error`: raised or thrown. */
type Answer = { value: number | null | (number | null)[] | (number | null)[][] } | { error: string };
interface Question {
  name: string;
  call: object;
  ours: () => Answer;
}

/** Each question to both: values agree to 1e-9 relative, and what one refuses the other does. Needs python3 with venv. */
export async function run(seed = 1): Promise<Conformance> {
  const python = await installedScikitLearn();
  const asked = casesOf(seed, 12).map(({ name, scored, specs }) => ({
    rows: data(scored),
    questions: [
      ...specs.map((spec) => metricQuestion(name, scored, spec)),
      ...(scored.task === "classification" ? curveQuestions(name, scored) : []),
    ],
  }));
  const script = fileURLToPath(new URL("sklearn_answers.py", import.meta.url));
  const lines = asked.map(({ rows, questions }) =>
    JSON.stringify({ ...rows, calls: questions.map(({ call }) => call) }),
  );
  const { stdout } = await execa(python, [script], {
    input: `${lines.join("\n")}\n`,
    timeout: 600_000,
    maxBuffer: 1e9,
  });
  const answers = stdout.split("\n").flatMap((line) => JSON.parse(line) as Answer[]);
  const questions = asked.flatMap((one) => one.questions);
  if (answers.length !== questions.length)
    throw new Error(`${answers.length} answers to ${questions.length} questions`);
  const failures = questions.flatMap(({ name, ours }, i) => {
    const [mine, theirs] = [ours(), answers[i] as Answer];
    return agree(mine, theirs)
      ? []
      : [`${name}: ${JSON.stringify(mine)} here, ${JSON.stringify(theirs)} there`.slice(0, 600)];
  });
  return { name: `scikit-learn ${SCIKIT_LEARN}`, cases: questions.length, failures };
}

function metricQuestion(name: string, scored: Scored, spec: BuiltinMetric): Question {
  const { metric, ...kwargs } = spec;
  const options = { metrics: { it: spec }, slices: [], levels: [] };
  const ours = (): Answer => {
    const result = evaluateMetrics(scored, options).metrics["it"];
    if (result?.matrix) return { value: result.matrix.values };
    return { value: result?.classes ? result.classes.map(({ value }) => value) : (result?.value ?? null) };
  };
  return {
    name: `${name}: ${metric} ${JSON.stringify(kwargs)}`,
    call: { function: metric, kwargs },
    ours: caught(ours),
  };
}

function curveQuestions(name: string, scored: Scored): Question[] {
  const known = scored.probabilities?.classes ?? [...new Set(scored.labels)];
  const kinds = new Set([...scored.labels, ...scored.predictions].map((value) => typeof value));
  const both = known.length === 2 && known.every((value) => scored.labels.includes(value));
  const fit = both && kinds.size === 1 && scored.labels.every((value) => known.includes(value));
  if (!fit) return [];
  const question = (kind: string, curves: () => ClassCurve[], more = {}): Question => ({
    name: `${name}: ${kind}`,
    call: { function: kind, kwargs: {}, ...more },
    ours: caught(() => ({ value: curves().flatMap(({ x, y }) => [x, y]) })),
  });
  const questions = [
    question("roc_curve", () => rocCurves(scored, Number.POSITIVE_INFINITY)),
    question("precision_recall_curve", () => precisionRecallCurves(scored, Number.POSITIVE_INFINITY)),
  ];
  if (!scored.probabilities) return questions;
  for (const strategy of ["uniform", "quantile"] as const) {
    questions.push(question("calibration_curve", () => calibrationCurves(scored, 7, strategy), { bins: 7, strategy }));
  }
  return questions;
}

function data(scored: Scored): object {
  const given = scored.probabilities ?? scored.scores;
  return {
    numeric: scored.task === "regression",
    labels: scored.labels.map(spelled),
    predictions: scored.predictions.map(spelled),
    classes: given?.classes ?? null,
    values: given ? Array.from(given.values, spelled) : [],
    positive: scored.positive ?? null,
  };
}

/** JSON has no NaN and no infinities. */
function spelled<Item>(value: Item): Item | string {
  return typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
}

function caught(ours: () => Answer): () => Answer {
  return () => {
    try {
      return ours();
    } catch (error) {
      if (error instanceof SlipwayError) return { error: error.message };
      throw error;
    }
  };
}

function agree(ours: Answer, theirs: Answer): boolean {
  if ("error" in ours) return "error" in theirs;
  if ("error" in theirs) return ours.value === null;
  return close(ours.value, theirs.value);
}

function close(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, i) => close(item, b[i]));
  if (typeof a !== "number" || typeof b !== "number") return a === b;
  return Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b)) + 1e-14;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { name, cases, failures } = await run(Number(process.argv[2] ?? 1));
  for (const failure of failures.slice(0, 50)) console.error(failure);
  console.log(`${name}: ${cases} cases, ${failures.length} failures`);
  process.exitCode = failures.length > 0 ? 1 : 0;
}
