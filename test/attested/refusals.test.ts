import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { RESULT_REFUSALS } from "../../core/attested/refusal.ts";

it("explains every reason for not taking a result in the documentation", () => {
  const page = readFileSync("docs/pull-requests.md", "utf8");
  const explained = [...page.matchAll(/^\| `([A-Z_]+)` /gm)].map(([, code]) => code);
  expect(explained.sort()).toEqual([...RESULT_REFUSALS].sort());
});
