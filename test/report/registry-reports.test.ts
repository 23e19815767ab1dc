import { expect, it } from "vitest";
import { displayWidth } from "../../core/report/lay-out-table.ts";
import { modelReport } from "../../core/report/registry-reports.ts";
import { toTerminal } from "../../core/report/to-terminal.ts";
import { evaluation, metric } from "../gates/evidence.ts";
import { EMPTY_RECORD, manifest } from "../promotion/records.ts";

const smaller = { greater_is_better: false };
const metrics = {
  accuracy: metric(0.8641),
  artifact_mb: metric(0.603389, smaller),
  auc: metric(0.9678),
  balanced_accuracy: metric(0.8232),
  confusion: metric(null, { matrix: { labels: ["a"], values: [[1]] } }),
  f1: metric(0.8275),
  log_loss: metric(0.2534, smaller),
  predict_ms_per_row: metric(0.300123, smaller),
};
const versions = [2, 1].map((version) =>
  manifest(version, {
    evaluation: evaluation(metrics),
    registered_at: "2026-01-31T09:00:00Z",
    registered_by: { name: "Augusta Ada King, Countess of Lovelace", id: "ada@example.org" },
  }),
);
const shown = (width: number) => toTerminal(modelReport(EMPTY_RECORD, versions), { colour: false, width });
const rowsOf = (text: string) => text.split("\n").filter((line) => /^ +[12] /.test(line));

it.each([80, 100, 160])("shows each version on one line of a terminal of %d columns", (width) => {
  const text = shown(width);
  expect(Math.max(...text.split("\n").map(displayWidth))).toBeLessThanOrEqual(width);
  const rows = rowsOf(text);
  expect(rows).toHaveLength(2);
  for (const row of rows) expect(row).toMatch(/2026-01-31 +0\.8641/);
});

it("has room for everything on a wide terminal", () => {
  expect(rowsOf(shown(200))[0]).toMatch(/0\.3 ms +0\.603 MB +[0-9a-f]{7} +Augusta Ada King, Countess of Lovelace$/);
  expect(shown(200)).not.toContain("No room");
});

it("names the columns that a narrow terminal has no room for: times and sizes first, then who", () => {
  expect(shown(100)).toContain("No room for: predict_ms_per_row, artifact_mb, By.");
});

it("has no column for a matrix", () => {
  expect(shown(200)).not.toContain("confusion");
});
