import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { GATE_REASONS } from "../../core/gates/gate-reasons.ts";

it("are explained in docs/gates.md, each with its verdict, and no others", () => {
  const page = readFileSync(new URL("../../docs/gates.md", import.meta.url), "utf8");
  const rows = [...page.matchAll(/^\| `([A-Z_]+)` *\| (\w+) *\| (.*?) *\|$/gm)].map(([, ...cells]) => cells);
  expect(rows).toEqual(Object.entries(GATE_REASONS).map(([code, { verdict, means }]) => [code, verdict, means]));
});
