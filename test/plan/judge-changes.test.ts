import { expect, it } from "vitest";
import { type Judge, judgeChanges } from "../../core/plan/judge-changes.ts";
import { ModelSpec } from "../../schemas/model-spec.ts";

const SPEC = {
  ...{ slipway: 1, task: "classification", predict: { run: "p" }, train: { run: "t" }, slices: ["site"] },
  data: { train: "a.csv", test: "b.csv", labels: "https://x/l.csv", label: "y", id: "row" },
  metrics: { accuracy: { metric: "accuracy_score" } },
};
const DATA = { "train m/a.csv": "1", "test m/b.csv": "2", "labels https://x/l.csv": "3" };
const judge = (spec: object = {}, data: object = {}): Judge => ({
  spec: ModelSpec.parse({ ...SPEC, ...spec }),
  data: { ...DATA, ...data },
});

it.each<[string, object, object?]>([
  ["programs", { train: { run: "other", seed: 3 }, predict: { run: "other" } }],
  ["training rows", { data: { ...SPEC.data, train: "c.csv" } }, { "train m/a.csv": "9" }],
  ["gates, which the default branch says anyway", { gates: { register: [{ metric: "accuracy", "at-least": 1 }] } }],
  ["words", { description: "better" }],
])("lets a change be scored that has other %s", (_, spec, data) => {
  expect(judgeChanges(judge(), judge(spec, data))).toEqual([]);
});

it.each<[string, object, object, string[]]>([
  ["labels", { data: { ...SPEC.data, labels: "https://x/m.csv" } }, {}, ["data.labels"]],
  ["labels behind the same address", {}, { "labels https://x/l.csv": "4" }, ["https://x/l.csv"]],
  ["test rows", {}, { "test m/b.csv": "4" }, ["m/b.csv"]],
  ["files that test rows name", {}, { "beside m/1.png": "4" }, ["m/1.png"]],
  ["ids", { data: { ...SPEC.data, id: "x" } }, {}, ["data.id"]],
  ["groups", { data: { ...SPEC.data, group: "row" } }, {}, ["data.group"]],
  [
    "rules of the label, whose breaches are told by row",
    { data: { ...SPEC.data, columns: { y: { type: "string", "one-of": ["yes"] } } } },
    {},
    ["data.columns"],
  ],
  ["metrics", { metrics: { f1: { metric: "f1_score" } } }, {}, ["metrics"]],
  ["slices", { slices: ["row"] }, {}, ["slices"]],
])("has a change wait for its merge that has other %s", (_, spec, data, changes) => {
  expect(judgeChanges(judge(), judge(spec, data))).toEqual(changes);
});

it("has a model wait that the default branch does not have", () => {
  expect(judgeChanges(undefined, judge())).toEqual(["the model, which is new"]);
});
