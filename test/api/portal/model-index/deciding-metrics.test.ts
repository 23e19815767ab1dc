import { expect, it } from "vitest";
import { decidingMetrics } from "../../../../api/portal/model-index/deciding-metrics.ts";

const NAMES = ["auc", "accuracy", "recall of gentoo"];

it("names what the gates ask for, once each, in their order", () => {
  const gates = [{ gate: { metric: "accuracy" } }, { gate: { metric: "auc" } }, { gate: { metric: "accuracy" } }];
  expect(decidingMetrics(gates, NAMES, 3)).toEqual(["accuracy", "auc"]);
});

it("names a class's value as tables do", () => {
  expect(decidingMetrics([{ gate: { metric: "recall", class: "gentoo" } }], NAMES, 3)).toEqual(["recall of gentoo"]);
});

it("leaves out what is asked of a slice, and what was not measured", () => {
  const gates = [{ gate: { metric: "accuracy", slice: { island: "Dream" } } }, { gate: { metric: "loss" } }];
  expect(decidingMetrics(gates, NAMES, 3)).toEqual(["auc"]);
});

it("names the first metric if no gate is asked, and none if there is none", () => {
  expect(decidingMetrics([], NAMES, 3)).toEqual(["auc"]);
  expect(decidingMetrics([], [], 3)).toEqual([]);
});
