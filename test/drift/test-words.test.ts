import { expect, it } from "vitest";
import { testSubject } from "../../core/drift/test-words.ts";

it.each([
  [{ of: "feature", column: "prediction" }, "prediction: distribution"],
  [{ of: "prediction", column: "prediction" }, "prediction itself: distribution"],
  [{ of: "prediction", column: "proba_rain" }, "prediction proba_rain: distribution"],
] as const)("tells a prediction from a feature of that name: %j", (test, subject) => {
  expect(testSubject({ ...test, what: "distribution" })).toBe(subject);
});
