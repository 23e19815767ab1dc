import { expect, it } from "vitest";
import { fitSections } from "../../../../api/portal/view/fit-sections.ts";
import { left, type Section } from "../../../../core/report/report.ts";

const rows = (count: number) => Array.from({ length: count }, (_, at) => [`row ${at}`, "x".repeat(50)]);
const section = (count: number, about: Partial<Section["table"]> = {}): Section => ({
  ...{ title: "Rows", folded: false, text: ["Some."] },
  table: { columns: [left("a"), left("b")], rows: rows(count), ...about },
});

it("leaves alone what fits", () => {
  const sections = [section(3), { title: "No table", folded: true, text: [] }];
  expect(fitSections(sections, 10_000)).toEqual(sections);
});

it("cuts what does not, and says how much and where the rest is", () => {
  const [cut] = fitSections([section(1_000)], 10_000, "The record has them.");
  expect(cut?.table?.rows.length).toBeLessThan(100);
  expect(cut?.text[1]).toBe(
    `${1_000 - (cut?.table?.rows.length ?? 0)} of 1000 rows are not shown here. The record has them.`,
  );
});

it("leaves half for the sections behind a long one", () => {
  const [, second] = fitSections([section(1_000), section(5)], 10_000);
  expect(second?.table?.rows.length).toBe(5);
});

it("folds nothing where all that would be folded is cut", () => {
  const folds = { from: 900, title: "100 more" };
  const [cut] = fitSections([section(1_000, { folds })], 10_000);
  expect(cut?.table).not.toHaveProperty("folds");
});
