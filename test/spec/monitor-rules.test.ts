import { describe, expect, it } from "vitest";
import { dataWith, problemsOf, projectOf, specWith } from "./builders.ts";

const METRICS = `metrics:
  accuracy: { metric: accuracy_score }
  loss: { metric: log_loss }
  each: { metric: recall_score, average: none }
  matrix: { metric: confusion_matrix }
  mine: { run: node score.mjs, greater-is-better: true }`;

const monitor = (...lines: string[]) => specWith(METRICS, `monitor: { ${lines.join(", ")} }`);
const bar = (text: string) => monitor(`bars: [{ ${text} }]`);

describe("the spec's monitor refuses", () => {
  it.each([
    ["a window of a minute", monitor("window: 1m"), /from 1h to 90d long/],
    ["a window of a year", monitor("window: 365d"), /from 1h to 90d long/],
    ["the label as a column", monitor("columns: { species: off }"), /species is the label/],
    ["the id as a column", `${dataWith("  id: row")}\nmonitor: { columns: { row: off } }`, /row names rows/],
    [
      "a sensitive column with an effect",
      `${dataWith("  columns: { age: { type: long, sensitive: true } }")}\nmonitor: { columns: { age: { psi: 0.2 } } }`,
      /age is sensitive/,
    ],
    ["a bar that asks nothing", bar("metric: accuracy"), /a bar asks one thing/],
    ["a bar that asks two things", bar("metric: accuracy, at-least: 0.5, at-most: 0.9"), /a bar asks one thing/],
    ["a bar on no metric", bar("metric: accurracy, at-least: 0.5"), /no metric accurracy/],
    ["a bar on a table", bar("metric: matrix, at-least: 0.5"), /confusion_matrix is a table/],
    ["a bar on all classes", bar("metric: each, at-least: 0.5"), /a value for each class/],
    ["a bar on a program", bar("metric: mine, at-least: 0.5"), /monitoring does not run/],
    ["a bar on a size", bar("metric: artifact_mb, at-most: 5"), /never by labels/],
    ["a bar that alarms when it gets better", bar("metric: accuracy, at-most: 0.9"), /a larger accuracy is better/],
    ["a bar on a loss that alarms when it falls", bar("metric: loss, at-least: 0.3"), /a smaller loss is better/],
    ["a bar that nothing reaches", bar("metric: accuracy, at-least: 85"), /lies between 0 and 1/],
    ["a bar on no slice", bar("metric: accuracy, slice: { iland: x }, at-least: 0.5"), /iland is not among the slices/],
    [
      "a bar twice",
      monitor("bars: [{ metric: accuracy, at-least: 0.5 }, { metric: accuracy, at-least: 0.6 }]"),
      /a bar on accuracy stands twice/,
    ],
  ])("%s", async (_, spec, message) => {
    expect((await problemsOf(spec)).map((problem) => problem.message)).toEqual([expect.stringMatching(message)]);
  });
});

it("a misspelt metric is told with its place, and what was meant", async () => {
  const spec = specWith("monitor:", "  bars:", "    - { metric: acuracy, at-least: 0.5 }");

  const [problem] = await problemsOf(spec);

  expect(problem).toMatchObject({ hint: "did you mean accuracy?", column: 17 });
  expect(spec.split("\n")[(problem?.line ?? 0) - 1]).toContain("acuracy");
});

it("a bar on a value that the spec lets no row have is told which there are", async () => {
  const island = dataWith("  columns: { island: { type: string, one-of: [Dream, Biscoe] } }");
  const spec = `${island}\nmonitor: { bars: [{ metric: accuracy, slice: { island: dream }, at-least: 0.5 }] }`;

  const [problem] = await problemsOf(spec);

  expect(problem).toMatchObject({ message: "no row of island may be dream", hint: "did you mean Dream?" });
  expect(await problemsOf(spec.replace("dream", "Dream"))).toEqual([]);
});

it.each(["0.3", "on"])("a column's effect that is %s is told what could stand there", async (value) => {
  const [problem] = await problemsOf(monitor(`columns: { bill: ${value} }`));

  expect(problem?.expected).toBe("off, or the least PSI that counts as drift: { psi: 0.2 }");
});

it("a spec's monitor that asks what can be asked is sound", async () => {
  const bars =
    "[{ metric: accuracy, at-least: 0.85 }, { metric: accuracy, slice: { island: a }, at-least: 0.8 }, { metric: loss, at-most: 0.7 }]";
  expect(
    await problemsOf(monitor("window: 7d", "columns: { bill: { psi: 0.2 }, ring: off }", `bars: ${bars}`)),
  ).toEqual([]);
});

describe("the policy's monitor refuses", () => {
  const requests = "requests: { store: file:.slipway/log }";
  it.each([
    ["a rollback without labels", `{ ${requests}, then: { bars: rollback } }`, /a rollback rests on labels/],
    ["labels of no model", `{ ${requests}, labels: { penguin: l.csv } }`, /there is no model penguin$/],
    ["rows of no model", `{ ${requests}, rows: { penguin: "s3://bucket/rows/" } }`, /there is no model penguin$/],
  ])("%s", async (_, text, message) => {
    const files = { "models/penguins/model.yaml": specWith(), "slipway.yaml": `slipway: 1\nmonitor: ${text}\n` };
    const { problems } = await projectOf(files);
    expect(problems).toEqual([expect.objectContaining({ code: "POLICY_INVALID", file: "slipway.yaml", line: 2 })]);
    expect(problems[0]?.message).toMatch(message);
  });
});
