import { expect, it } from "vitest";
import { versionIntervalsChart } from "../../core/report/charts/version-intervals-chart.ts";

it("draws each version with its value", () => {
  const svg = versionIntervalsChart("accuracy", true, [
    { version: 2, value: 0.9, low: 0.85, high: 0.95 },
    { version: 3, value: 0.8 },
  ]);
  expect(svg).toContain("version 2: 0.9");
  expect(svg).toContain("version 3: 0.8");
});

it("is text alone, whatever the metric is called", () => {
  const svg = versionIntervalsChart("<script>alert(1)</script>", true, [{ version: 1, value: 1 }]);
  expect(svg).not.toContain("<script");
});

it("draws nothing of what no axis holds", () => {
  const svg = versionIntervalsChart("x", false, [{ version: 1, value: Number.POSITIVE_INFINITY }]);
  expect(svg).not.toContain("version 1");
});
