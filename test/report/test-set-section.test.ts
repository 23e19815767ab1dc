import { expect, it } from "vitest";
import { testSetSection } from "../../core/report/test-set-section.ts";
import type { TestSetPrice } from "../../schemas/cli-output.ts";

function priced(about: Partial<TestSetPrice>) {
  const gate = { metric: "accuracy", "at-least": 0.8, confidence: 0.95 };
  const sees = [{ gate, level: 0.0025, seen: 0.05, rows: 300 }];
  const [section] = testSetSection({
    ...{ sha256: "a".repeat(64), rows: 300, budget: 20, confidence: 0.95, spent: 3, left: 17, sees },
    ...about,
  });
  return { text: section?.text[0], sees: section?.table?.rows.map((row) => row[2]) };
}

it("says how many tries are left, and what the rows can see", () => {
  expect(priced({})).toEqual({
    text: "300 rows, sha256 aaaaaaaaaaaa; 3 tries on record. 17 of 20 tries are left at 95 % confidence.",
    sees: ["values of 0.85 or more at 80 % power"],
  });
});

it("says of a spent set that nothing passes, in place of what its rows could see", () => {
  expect(priced({ spent: 20, left: 0 })).toEqual({
    text: "300 rows, sha256 aaaaaaaaaaaa; 20 tries on record. None of 20 tries is left at 95 % confidence: no gate with it passes here any more.",
    sees: undefined,
  });
});

it("says where rows see nothing at all", () => {
  const gate = { metric: "accuracy", "at-least": 0.999, confidence: 0.95 };
  expect(priced({ sees: [{ gate, level: 0.0025, seen: null, rows: 300 }] }).sees).toEqual([
    "nothing: not even the best value would pass",
  ]);
});
