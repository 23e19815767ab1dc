import { describe, expect, it } from "vitest";
import { displayWidth } from "../../core/report/lay-out-table.ts";
import { listReport, modelReport } from "../../core/report/registry-reports.ts";
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
    registered_at: "2026-01-31T09:00:00.000Z",
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

describe("a hold", () => {
  const hold = {
    review: "0".repeat(32),
    by: { name: "Grace", id: "grace" },
    at: "2026-02-01T09:00:00.000Z",
    reason: "odd\nnumbers",
  };
  const held = { ...EMPTY_RECORD, hold };

  it("is told of a model, with who, since when and why", () => {
    const text = toTerminal(modelReport(held, versions), { colour: false, width: 160 });
    expect(text).toContain("On hold since 2026-02-01T09:00:00Z, by Grace: odd numbers.");
  });

  it("has a column in the list where there is one", () => {
    const list = (models: (typeof EMPTY_RECORD)[]) =>
      toTerminal(listReport(models, false), { colour: false, width: 160 });
    expect(list([EMPTY_RECORD])).not.toContain("Hold");
    expect(list([{ ...EMPTY_RECORD, name: "a" }, held])).toMatch(/Hold[\s\S]*a .*–[\s\S]*penguins .*by Grace/);
  });
});

it("lists the requests that wait for approvals", () => {
  const request = {
    ...{ slipway: 1 as const, id: "5b2e".repeat(8), model: "penguins", stage: "production", version: 2, host: "app" },
    ...{ manifest: "0".repeat(40), artifact_sha256: "0".repeat(64), requested_by: { name: "Ada", id: "ada" } },
    requested_at: "2026-02-01T09:00:00.000Z",
    after_assignment: 0,
    source: { kind: "comment" as const, repository: "acme/models", id: "1", place: 0 },
  };
  const text = toTerminal(modelReport(EMPTY_RECORD, versions, [request]), { colour: false, width: 160 });
  expect(text).toMatch(/Waiting for approvals[\s\S]*2 +production +Ada +2026-02-01T09:00:00Z +5b2e5b2e5b2e/);
});
