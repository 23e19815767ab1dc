import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { formatMonitorTitle, threadOfMonitorTitle } from "../../core/acts/monitor-title.ts";
import { fill } from "../../tools/sandbox/runner/expressions.ts";

const ASKED = { models: "rain penguins", thread: 12 };

it("reads the thread that it names, and none where there is none", () => {
  expect(threadOfMonitorTitle(formatMonitorTitle(ASKED))).toBe(12);
  expect(threadOfMonitorTitle(formatMonitorTitle({ models: "" }))).toBeUndefined();
});

it.each([ASKED, { models: "", thread: undefined }])("is what the workflow makes of its inputs: %o", (asked) => {
  const { "run-name": name } = parse(readFileSync("cli/templates/github/workflows/slipway-monitor.yml", "utf8"));
  const inputs = { models: asked.models, thread: asked.thread === undefined ? "" : String(asked.thread) };
  expect(fill(name, { inputs })).toBe(formatMonitorTitle(asked));
});

it.each(["", "Monitor rain, for #0", "Monitor rain, for #1x", "Deploy, for #12"])("%j names no thread", (title) => {
  expect(threadOfMonitorTitle(title)).toBeUndefined();
});
