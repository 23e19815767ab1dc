import { expect, it } from "vitest";
import { barsSection } from "../../core/report/bars-section.ts";
import { ACCURACY, hits, look } from "../drift/builders.ts";

const spec = { bars: [ACCURACY] };
const rowsOf = (right: number, days = 1) =>
  barsSection(
    Array.from({ length: days }, (_, n) => look(n, { performance: hits(right, 100, ACCURACY) })),
    spec,
  )[0]?.table?.rows[0];

it("has no section of a model without bars", () => {
  expect(barsSection([look(0)], {})).toEqual([]);
});

it("sums all labels, and says what bets against the bar have come to", () => {
  expect(rowsOf(90, 3)).toEqual([
    ...["accuracy at least 0.85", "300", "0.9", expect.any(String), "20", "2026-03-03", "0.9"],
    { mark: "pass", text: "no alarm" },
  ]);
  expect(Number(rowsOf(90, 3)?.[3])).toBeLessThan(1);
});

it("says that a bar is surely broken once the bets say so", () => {
  expect(rowsOf(40)?.at(-1)).toEqual({ mark: "fail", text: "surely broken" });
});

it("says that no label came", () => {
  expect(barsSection([look(0)], spec)[0]?.table?.rows[0]).toContain("–");
});
