import { expect, it } from "vitest";
import { formatResultName, parseResultName } from "../../core/stages/result-name.ts";

const named = { artifact: 42, sha256: "a".repeat(64) };

it("reads what it wrote", () => {
  expect(parseResultName(formatResultName(named))).toEqual(named);
});

it("reads the name of a job in called workflows", () => {
  expect(parseResultName(`pipeline / penguins / ${formatResultName(named)}`)).toEqual(named);
});

it.each([
  ["no result", "result"],
  ["a short digest", `result 42 sha256:${"a".repeat(63)}`],
  ["upper case", `result 42 sha256:${"A".repeat(64)}`],
  ["no artifact", `result 0 sha256:${"a".repeat(64)}`],
  ["text after it", `result 42 sha256:${"a".repeat(64)} x`],
  ["text before it", `my result 42 sha256:${"a".repeat(64)}`],
])("knows %s for another name", (_, name) => {
  expect(parseResultName(name)).toBeUndefined();
});
