import { expect, it } from "vitest";
import { besideFloors } from "../../core/new-model/beside-floors.ts";

const own = { metric: "accuracy", "at-least": 0.6, confidence: 0.95 };

it.each([
  ["a floor asks for more", { metric: "accuracy", "at-least": 0.8 }, 0],
  ["a floor asks for as much", { metric: "accuracy", "at-least": 0.6 }, 0],
  ["a floor asks for less", { metric: "accuracy", "at-least": 0.5 }, 1],
  ["a floor is surer", { metric: "accuracy", "at-least": 0.5, confidence: 0.99 }, 0],
  ["a floor is about a slice", { metric: "accuracy", slice: { sex: "female" }, "at-least": 0.8 }, 1],
  ["a floor compares", { metric: "accuracy", versus: "production", "max-regression": 0 }, 1],
  ["a floor is about another metric", { metric: "auc", "at-least": 0.8 }, 1],
])("where %s", (_, floor, kept) => {
  expect(besideFloors([own], [floor])).toHaveLength(kept);
});

it("a comparison of its own beside a floor's is left to the floor", () => {
  const versus = { metric: "r2", versus: "production", "max-regression": 0.02 };
  expect(besideFloors([versus], [{ ...versus, "max-regression": 0.01 }])).toEqual([]);
});
