import { expect, it } from "vitest";
import { ledgerReport } from "../../core/report/ledger-report.ts";

it("shows each try as it counts, so that they add up to what is spent", () => {
  const made = { slipway: 1, id: "b".repeat(32), test: "a".repeat(64), price: 0, before: 0, budget: 20 } as const;
  const about = { model: "m", called: "m", candidate: "c".repeat(64), gates: [], measured: {}, commit: "d".repeat(40) };
  const who = { by: { name: "Ada", id: "ada" }, at: "2026-01-01T00:00:00Z", act: "run", outcome: "registered" };
  const spending = [0, 0.005].map((level) => ({ ...made, ...about, ...who, level }) as never);
  const set = { slipway: 1, sha256: "a".repeat(64), rows: 300, first: { model: "m", at: who.at } } as never;
  const report = ledgerReport(
    [{ set, spending, inherits: [], budget: 20, tries: 2, spent: 0.0075, left: 17 }],
    undefined,
  );
  const counts = report.sections[0]?.table?.columns.findIndex(({ title }) => title === "Counts") ?? -1;
  expect(report.sections[0]?.table?.rows.map((row) => row[counts])).toEqual(["0.25 %", "0.5 %"]);
  expect(report.sections[0]?.text[0]).toBe("2 tries so far: 0.75 % of 5 % is spent, 17 of 20 are left.");
});
