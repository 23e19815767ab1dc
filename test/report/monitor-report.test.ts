import { expect, test } from "vitest";
import { monitorState } from "../../core/drift/alarms.ts";
import { monitorHistory } from "../../core/report/monitor-history.ts";
import { monitorReport, stateWords } from "../../core/report/monitor-report.ts";
import { toMarkdown } from "../../core/report/to-markdown.ts";
import { toTerminal } from "../../core/report/to-terminal.ts";
import type { MonitorSpec } from "../../schemas/monitor-spec.ts";
import type { Snooze, WindowRecord } from "../../schemas/monitoring.ts";
import { ACCURACY, brokenRule, day, drifted, driftTest, hits, look, snooze } from "../drift/builders.ts";

const SPEC: MonitorSpec = { bars: [ACCURACY] };

function report(
  windows: WindowRecord[],
  { place = "terminal" as const, snoozes = [] as Snooze[], done = [] as string[], hasEarlier = true } = {},
) {
  const at = day(20);
  const state = monitorState({ model: "penguins", live: 1, windows, snoozes, spec: SPEC, at });
  return monitorReport({ state, windows, spec: SPEC, stage: "production", hasEarlier, place, done });
}

const text = (windows: WindowRecord[], about?: Parameters<typeof report>[1]) =>
  toTerminal(report(windows, about), { colour: false, width: 200, details: true });

test("an alarm is told first: since when, on which rows, and what to do", () => {
  const words = text([look(0, { tests: [drifted()] }), look(1, { tests: [drifted()] })]);

  expect(words).toMatch(/^✗ penguins: version 1 is alarmed since 2026-03-02: 1 alarm\n/);
  expect(words).toContain("The column bill_length_mm has moved: PSI 0.74, which counts from 0.1 on");
  expect(words).toMatch(/bill_length_mm: distribution +2026-03-01 +2 +40 % +inputs alone/);
  expect(words).toContain("slipway retrain penguins");
  expect(words).toContain('slipway monitor penguins --snooze 7d --reason "…"');
});

test("drift alone advises no rollback", () => {
  expect(text([look(0, { tests: [drifted()] }), look(1, { tests: [drifted()] })])).not.toContain("slipway rollback");
});

test("a broken bar advises one", () => {
  const words = text([look(0, { performance: hits(140, 200) })]);

  expect(words).toContain('slipway rollback penguins production --reason "…"');
  expect(words).toContain("labels, surely");
});

test("none is advised where no version was in the stage before", () => {
  const words = text([look(0, { performance: hits(140, 200) })], { hasEarlier: false });

  expect(words).not.toMatch(/slipway rollback|the one before/);
});

test("when an alarm's column began to drift is not called when the model was alarmed", () => {
  const words = text([look(0, { tests: [drifted()] }), look(1, { tests: [drifted()] })]);

  expect(words).toContain("alarmed since 2026-03-02");
  expect(words).toMatch(/Alarm +Began +Windows/);
});

test("an alarm that is snoozed says until when", () => {
  const snoozes = [snooze({ until: day(30) })];

  expect(text([look(0, { performance: hits(140, 200) })], { snoozes })).toMatch(
    /^✗ .* 1 alarm, snoozed until 2026-03-31T00:00:00Z\n/,
  );
});

test("a model without a live version has no clean windows to wait for", () => {
  const windows = [look(0, { tests: [drifted()] }), look(1, { tests: [drifted()] })];
  const state = monitorState({
    ...{ model: "penguins", live: undefined, windows, snoozes: [], spec: SPEC, at: day(20) },
  });

  expect(stateWords(state)).toBe("no version is live: nothing is watched, and no alarm is open");
});

test("a quiet model says how long it was, and asks for nothing", () => {
  const words = text([look(0), look(1)]);

  expect(words).toMatch(/^✓ penguins: version 1 is quiet, 2 clean windows in a row\n/);
  expect(words).not.toContain("What to do");
});

test("an estimate is told as one", () => {
  const estimate = { metric: "accuracy_score" as const, value: 0.91, rows: 200, calibrated: false };

  expect(text([look(0, { estimate })])).toContain("It is no measurement, and nothing is decided by it");
});

test("labels that came again, or for nobody, are told", () => {
  const performance = { ...hits(180, 200), doubled: 3, unknown: 1 };

  const words = text([look(0, { performance })]);

  expect(words).toContain("3 labels came again, and the later one counts.");
  expect(words).toContain("1 label of rows that nobody asked for.");
});

test("labels that are no values of the label are told", () => {
  const words = text([look(0, { performance: { ...hits(180, 200), unfit: 2 } })]);

  expect(words).toContain("2 labels left out: the spec does not let the label have such a value.");
});

test("a window without rows has a report too", () => {
  const empty = look(0, { tests: [], traffic: { rows: 0, requests: 0, errors: 0, sample: 1 } });

  expect(text([empty])).toContain("0 comparisons in the window 2026-03-01, none drifted");
});

test("who snoozes and why is told", () => {
  const snoozes = [snooze({ until: day(30) })];

  expect(text([look(0)], { snoozes })).toContain("Ann wants no new alarm until 2026-03-31T00:00:00Z: known");
});

test("nothing that a sender wrote becomes Markdown", () => {
  const hostile = "<img src=x onerror=alert(1)> @octocat [a](https://evil.example) `x` | # $y$";
  const tests = [
    drifted({ column: hostile, bins: ["<script>", "@everyone"] as never, reference: [1, 9, 0], current: [9, 1, 0] }),
  ];
  const windows = [0, 1].map((n) =>
    look(n, { tests, rules: [brokenRule({ column: hostile, expected: hostile })], by: { name: hostile, id: "x" } }),
  );

  const markdown = toMarkdown(report(windows, { done: [hostile], snoozes: [snooze({ reason: hostile })] }));

  expect(markdown).not.toMatch(/<img|<script|@octocat|@everyone|\]\(|`x`|# \$/);
});

test("a terminal is sent no escape sequences", () => {
  const column = "a\u001b[2Jb";
  const windows = [0, 1].map((n) => look(n, { tests: [drifted({ column })] }));

  expect(text(windows)).not.toContain("\u001b");
});

test("4,000 drifted columns fit into a comment", () => {
  const tests = Array.from({ length: 4_000 }, (_, n) => drifted({ column: `column ${n} ${"x".repeat(300)}` }));

  expect(toMarkdown(report([look(0, { tests }), look(1, { tests })])).length).toBeLessThan(65_000);
});

test("the history has a row for each look, oldest first", () => {
  const windows = [
    look(1, { tests: [drifted()], performance: hits(150, 200) }),
    look(0, { tests: [driftTest({ effect: 0.02 })] }),
  ];

  const words = toTerminal(monitorHistory("penguins", windows, SPEC), { colour: false, width: 200 });

  expect(words).toMatch(/2026-03-01 +1 +200 +0 +0 +bill_length_mm: distribution +0.02 +0 +– +–\n/);
  expect(words).toMatch(/2026-03-02 +1 +200 +0 +✗ 1 of 1 +bill_length_mm: distribution +0.74 +0 +200 +0.75\n/);
});

test("where a history has no room for all, the first bar stays", () => {
  const windows = [look(0, { performance: hits(150, 200) })];

  const words = toTerminal(monitorHistory("penguins", windows, SPEC), { colour: false, width: 80 });

  expect(words).toContain("accuracy at least 0.85\n");
  expect(words).toContain("No room for: Errors, Most drifted, PSI.");
});

test("a long history shows its newest hundred windows, and says so", () => {
  const windows = Array.from({ length: 130 }, (_, n) => look(n));

  const { notices, sections } = monitorHistory("penguins", windows, SPEC);

  expect(notices).toEqual(["The newest 100 are shown; --json has all."]);
  expect(sections[0]?.table?.rows[0]?.[0]).toBe("2026-03-31");
});
