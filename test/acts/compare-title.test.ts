import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { formatCompareTitle, parseCompareTitle } from "../../core/acts/compare-title.ts";

const PAIR = { model: "penguins", version: 12, stage: "production", live: 3 };

it("reads the pair that it names", () => {
  expect(parseCompareTitle(formatCompareTitle(PAIR))).toEqual(PAIR);
});

it("is what the workflow makes of its inputs", () => {
  const { "run-name": name } = parse(readFileSync("cli/templates/github/workflows/slipway-compare.yml", "utf8"));
  const inputs: Record<string, string | number> = PAIR;
  expect(name.replace(/\$\{\{ inputs\.(\w+) \}\}/g, (_: string, input: string) => String(inputs[input]))).toBe(
    formatCompareTitle(PAIR),
  );
});

it.each([
  "",
  "Compare a b version 1 with version 2 in x",
  "Compare m version 0 with version 2 in x",
  "Compare m version 1 with version 2 in x\n",
])("%j names none", (title) => {
  expect(parseCompareTitle(title)).toBeUndefined();
});
