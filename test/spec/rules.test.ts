import { describe, expect, it } from "vitest";
import { dataWith, problemsOf, projectOf, specWith, withData } from "./builders.ts";

const gates = (...lines: string[]) => specWith(`gates: { production: [${lines.join(", ")}] }`);

describe("the rules of a spec refuse", () => {
  it.each([
    [
      "source beside train",
      dataWith("  source: all.csv", "  split: { time: t, test: 1d }"),
      /train cannot stand beside source/,
    ],
    ["a share of 1", withData("{ source: a.csv, split: { test: 1 }, label: y }"), /data.split.test/],
    ["a share in per cent", withData("{ source: a.csv, split: { test: 30%, seed: 7 }, label: y }"), /data.split.test/],
    [
      "a class that is a fraction",
      dataWith("  label: y", "  columns: { y: { type: double, one-of: [0.5, 1.5] } }"),
      /0.5 is no class/,
    ],
    ["source without split", withData("{ source: all.csv, label: y }"), /source needs split/],
    ["no test", withData("{ train: a.csv, label: y }"), /data.test is missing/],
    ["no label", withData("{ train: a.csv, test: b.csv }"), /data.label is missing/],
    ["no training", specWith().replace(/train: \{ run.*\n/, ""), /train is missing/],
    ["the label as id", dataWith("  id: species"), /species is the label already/],
    ["labels without an id", dataWith("  labels: l.csv"), /labels need data.id/],
    [
      "labels without a label",
      withData("{ train: a.csv, test: b.csv, id: row, labels: l.csv }"),
      /labels need data.label/,
    ],
    [
      "labels of rows that are split",
      withData("{ source: a.csv, split: { test: 0.3 }, label: y, id: row, labels: l.csv }"),
      /labels of rows that are split cannot stand apart/,
    ],
    [
      "a metric of one's own beside labels that are kept apart",
      `${dataWith("  id: row", "  labels: l.csv")}\nmetrics: { mine: { run: node score.mjs, greater-is-better: true } }`.replace(
        /metrics: \{ accuracy.*\n/,
        "",
      ),
      /mine is a program of the model's, which would see labels/,
    ],
    [
      "serving beside rows that name files",
      `${dataWith("  columns: { scan: { type: file } }")}\nserve: { run: node serve.mjs }`,
      /rows name files in the column scan/,
    ],
    ["labels that climb out", dataWith("  id: row", "  labels: ../../../l.csv"), /is not a path inside/],
    ["min over max", dataWith("  columns: { a: { type: long, min: 3, max: 2 } }"), /min 3 is over max 2/],
    [
      "a date for a number",
      dataWith('  columns: { a: { type: long, min: "2026-01-01" } }'),
      /min does not fit a long column/,
    ],
    ["bounds of text", dataWith("  columns: { a: { type: string, min: 1 } }"), /min does not fit a string column/],
    [
      "a number among texts",
      dataWith("  columns: { a: { type: string, one-of: [x, 1] } }"),
      /1 cannot be in a string column/,
    ],
    ["rows min over max", dataWith("  rows: { min: 3, max: 2 }"), /min 3 is over max 2/],
    [
      "a positive class of another type",
      dataWith("  label: { column: y, positive: true }", "  columns: { y: { type: string } }"),
      /positive does not fit y/,
    ],
    [
      "a positive class that cannot be",
      dataWith("  label: { column: y, positive: si }", "  columns: { y: { type: string, one-of: [yes, no] } }"),
      /not among what y may be/,
    ],
    ["a sensitive slice", dataWith("  columns: { island: { type: string, sensitive: true } }"), /island is sensitive/],
    ["an absolute path", dataWith("  train: /etc/passwd"), /"\/etc\/passwd" is not a path inside/],
    ["data that climbs out", dataWith("  train: ../../../x.csv"), /is not a path inside/],
    ["code that climbs out", specWith("code: [../../..]"), /is not a path inside/],
    ["code in .git", specWith("code: [../../.git]"), /is not a path inside/],
    ["a lock that climbs out", specWith("environment: { lock: [../../../x] }"), /is not a path inside/],
    ["backslashes", dataWith("  train: data\\x.csv"), /is not a path inside/],
    [
      "a metric unfit for the task",
      specWith("metrics: { r: { metric: r2_score } }"),
      /r2_score is not for classification/,
    ],
    [
      "a measured metric declared",
      specWith("metrics: { artifact_mb: { metric: f1_score } }"),
      /measured by the platform/,
    ],
    ["a variable of the platform", specWith("environment: { env: { SLIPWAY_SEED: x } }"), /set by the platform/],
    ["a stage that is not", specWith("gates: { prod: [] }"), /there is no stage prod/],
    ["a gate on nothing", gates("{ metric: acuracy, at-least: 0.5 }"), /there is no metric acuracy/],
    ["a gate that asks nothing", gates("{ metric: accuracy }"), /asks nothing/],
    [
      "two kinds in a gate",
      gates("{ metric: accuracy, at-least: 0.5, versus: staging, max-regression: 0 }"),
      /either a threshold or/,
    ],
    ["versus alone", gates("{ metric: accuracy, versus: staging }"), /not how much/],
    ["a change against nothing", gates("{ metric: accuracy, max-regression: 0.1 }"), /against something/],
    ["versus of no stage", gates("{ metric: accuracy, versus: prod, max-regression: 0 }"), /no stage prod to compare/],
    ["at-least over at-most", gates("{ metric: accuracy, at-least: 0.9, at-most: 0.8 }"), /no value can pass/],
    [
      "gates that contradict",
      gates("{ metric: accuracy, at-least: 0.9 }", "{ metric: accuracy, at-most: 0.8 }"),
      /no version can pass/,
    ],
    [
      "a slice that is not evaluated",
      gates("{ metric: accuracy, at-least: 0.9, slice: { iland: x } }"),
      /iland is not among the slices/,
    ],
    ["a class of an average", gates("{ metric: accuracy, at-least: 0.9, class: x }"), /one value for all classes/],
    [
      "an interval of a measured metric",
      gates("{ metric: artifact_mb, at-most: 9, confidence: 0.9 }"),
      /measured once/,
    ],
    [
      "a gate without class on a metric for each",
      `${gates("{ metric: r, at-least: 0.9 }")}\n`.replace(
        "accuracy: { metric: accuracy_score }",
        "r: { metric: recall_score, average: none }",
      ),
      /a value for each class/,
    ],
  ])("%s", async (_, spec, message) => {
    const problems = await problemsOf(spec);
    expect(problems.map((problem) => problem.message)).toContainEqual(expect.stringMatching(message));
    expect(problems[0]).toMatchObject({
      file: "models/a/model.yaml",
      line: expect.any(Number),
      column: expect.any(Number),
    });
  });
});

describe("the rules of a spec allow", () => {
  it.each([
    [
      "a custom task without training and label",
      "slipway: 1\ntask: custom\ndata: { test: t.csv }\npredict: { run: x }\nmetrics: {}\n",
    ],
    [
      "rows split by time",
      "slipway: 1\ntask: classification\ndata: { source: [a.csv], split: { time: t, test: 28d }, label: y }\ntrain: { run: x }\npredict: { run: x }\nmetrics: {}\n",
    ],
    ["gates on what is measured", gates("{ metric: predict_ms_per_row, at-most: 4 }")],
    ["code beside the model", specWith("code: [., ../../lib]")],
  ])("%s", async (_, spec) => {
    expect(await problemsOf(spec)).toEqual([]);
  });

  it("a label that is nearly a declared column, with a warning", async () => {
    const { warnings, problems } = await projectOf({
      "models/a/model.yaml": dataWith("  columns: { specie: { type: string } }"),
    });
    expect(problems).toEqual([]);
    expect(warnings).toEqual([expect.objectContaining({ hint: "did you mean specie?" })]);
  });
});
