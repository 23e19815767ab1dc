import fc from "fast-check";
import { expect, test } from "vitest";
import { type MonitorInput, monitorState } from "../../core/drift/alarms.ts";
import type { MonitorSpec } from "../../schemas/monitor-spec.ts";
import type { WindowRecord } from "../../schemas/monitoring.ts";
import { ACCURACY, brokenRule, day, drifted, driftTest, hits, look, performance, snooze } from "./builders.ts";

const BARS: MonitorSpec = { bars: [ACCURACY] };

function state(windows: readonly WindowRecord[], changes: Partial<MonitorInput> = {}) {
  const at = day(99);
  return monitorState({ model: "penguins", live: 1, windows, snoozes: [], spec: undefined, at, ...changes });
}

/** `b` bad, `c` clean, `-` without rows: a day each. */
function days(pattern: string, from = 0, changes: Partial<WindowRecord> = {}): WindowRecord[] {
  return [...pattern].map((each, n) =>
    look(from + n, {
      tests: each === "-" ? [] : [each === "b" ? drifted() : driftTest()],
      ...(each === "-" ? { traffic: { rows: 3, requests: 3, errors: 0, sample: 1 } } : {}),
      ...changes,
    }),
  );
}

test.each([
  ["b", "quiet"],
  ["bb", "alarmed"],
  ["bcb", "alarmed"],
  ["bccb", "quiet"],
  ["b-b", "alarmed"],
  ["bb--------", "alarmed"],
  ["bbc", "alarmed"],
  ["bbcc", "clearing"],
  ["bbcccc", "clearing"],
  ["bbccccc", "quiet"],
  ["bbcc--cc", "clearing"],
  ["bbcccbcccc", "clearing"],
  ["bbcccbccccc", "quiet"],
  ["bbcccccbb", "alarmed"],
  ["cccccccccc", "quiet"],
  ["----", "quiet"],
])("windows that are %s leave a model %s", (pattern, expected) => {
  expect(state(days(pattern)).state).toBe(expected);
});

test("a model without windows is unwatched", () => {
  expect(state([])).toEqual({ model: "penguins", state: "unwatched", alarms: [], clean: 0 });
});

test("an alarm tells its column, since when, and on which share of rows", () => {
  const { alarms, opened } = state(days("cbbb"));

  expect(opened).toBe(day(2));
  expect(alarms).toEqual([
    {
      kind: "drift",
      subject: "bill_length_mm: distribution",
      version: 1,
      since: day(1),
      windows: [day(1), day(2), day(3)],
      share: expect.closeTo(0.4, 6),
      sure: false,
      words:
        "the column bill_length_mm has moved: PSI 0.74, which counts from 0.1 on (p 1e-20); most moved values up to 40, from 30 % to 70 % of rows",
    },
  ]);
});

test("two columns that are bad once each are no alarm", () => {
  const windows = [look(0, { tests: [drifted()] }), look(1, { tests: [drifted({ column: "ring" })] })];

  expect(state(windows).state).toBe("quiet");
});

test("a broken rule opens in two windows, and a window that no row breaks it in is clean", () => {
  const broken = { rules: [brokenRule()] };

  expect(state([look(0, broken), look(1, broken)]).alarms[0]?.words).toBe(
    "40 of 200 rows break the spec's rule min in the column age: expected at least 0",
  );
  expect(state([look(0, broken), look(1, broken), look(2), look(3)]).state).toBe("clearing");
});

test("the order of records does not matter", () => {
  const windows = [...days("bcbbcccbcc"), ...days("bbb", 10, { version: 2 })];

  fc.assert(
    fc.property(fc.shuffledSubarray(windows, { minLength: windows.length }), (shuffled) => {
      expect(state(shuffled, { live: 2 })).toEqual(state(windows, { live: 2 }));
    }),
  );
});

test("clean windows after it open nothing", () => {
  const pattern = fc.string({ unit: fc.constantFrom("b", "c", "-"), maxLength: 15 });
  fc.assert(
    fc.property(pattern, fc.string({ unit: fc.constantFrom("c", "-"), maxLength: 8 }), (before, after) => {
      fc.pre(before !== "" && state(days(before)).state !== "alarmed");
      expect(state(days(before + after)).state).not.toBe("alarmed");
    }),
  );
});

test("a later look at a window replaces the earlier one", () => {
  const again = look(1, { tests: [driftTest()], looked_at: day(20) });

  expect(state([again, ...days("bb")]).state).toBe("quiet");
});

test("a new version starts its own count, and five of its clean windows close the alarm", () => {
  const before = days("bbb");
  const after = (pattern: string) => days(pattern, 3, { version: 2 });

  expect(state(before, { live: 2 })).toMatchObject({ state: "clearing", alarms: [] });
  expect(state([...before, ...after("cccc")], { live: 2 }).state).toBe("clearing");
  expect(state([...before, ...after("ccccc")], { live: 2 }).state).toBe("quiet");
  expect(state([...before, ...after("b")], { live: 2 }).state).toBe("clearing");
  expect(state([...before, ...after("bb")], { live: 2 }).alarms).toMatchObject([{ version: 2, since: day(3) }]);
});

test("of two versions that answer in a window, the live one's record decides", () => {
  const stable = days("ccc", 0, { version: 1 });
  const live = days("bbb", 0, { version: 2 });

  expect(state([...stable, ...live], { live: 2 }).state).toBe("alarmed");
  expect(state([...stable, ...live], { live: 1 }).state).toBe("quiet");
});

test("a model whose last version left the stage is alarmed no more, without clean windows", () => {
  const idle = state(days("bbb"), { live: undefined });

  expect(idle).toMatchObject({ state: "idle", alarms: [] });
  expect(idle.opened).toBeUndefined();
});

test("a version that is brought back begins anew", () => {
  const windows = [...days("bb"), ...days("cc", 2, { version: 2 }), ...days("b", 4)];

  expect(state(windows, { live: 1, since: day(3) }).state).toBe("clearing");
});

test("a column that the spec turns off counts no more", () => {
  expect(state(days("bb"), { spec: { columns: { bill_length_mm: "off" } } }).state).toBe("quiet");
});

test("a least effect that rose is asked of all windows", () => {
  expect(state(days("bb"), { spec: { columns: { bill_length_mm: { psi: 0.9 } } } }).state).toBe("quiet");
});

test("windows of another length than the spec's count no more", () => {
  expect(state(days("bb"), { spec: { window: "6h" } }).state).toBe("unwatched");
});

test("labels below the bar are a sure alarm as soon as there are enough, in one window too", () => {
  const { alarms } = state([look(0, { performance: hits(140, 200) })], { spec: BARS });

  expect(alarms).toMatchObject([
    {
      kind: "bar",
      subject: "accuracy at least 0.85",
      sure: true,
      share: 0.3,
      since: day(0),
      words: expect.stringContaining("accuracy is 0.7 on the 200 labelled rows"),
    },
  ]);
});

test("labels at the bar are no alarm", () => {
  const windows = Array.from({ length: 25 }, (_, n) => look(n, { performance: hits(170, 200) }));

  expect(state(windows, { spec: BARS }).state).toBe("quiet");
});

test("an alarm on a bar stays while no label comes, and closes after five labelled windows that hold it", () => {
  const broken = look(0, { performance: hits(140, 200) });
  const unlabelled = Array.from({ length: 9 }, (_, n) => look(1 + n));
  const good = Array.from({ length: 5 }, (_, n) => look(10 + n, { performance: hits(190, 200) }));

  expect(state([broken, ...unlabelled], { spec: BARS }).state).toBe("alarmed");
  expect(state([broken, ...unlabelled, ...good.slice(1)], { spec: BARS }).state).toBe("alarmed");
  expect(state([broken, ...unlabelled, ...good], { spec: BARS }).state).toBe("quiet");
});

test("a bar that is moved is asked of all labels anew", () => {
  const windows = [look(0, { performance: hits(140, 200) })];

  expect(state(windows, { spec: { bars: [{ metric: "accuracy", "at-least": 0.65 }] } }).state).toBe("quiet");
});

test("a bar that the spec drops is no alarm", () => {
  expect(state([look(0, { performance: hits(140, 200) })]).state).toBe("quiet");
});

test("another metric opens in two of three windows by its interval, and is not sure", () => {
  const bar = { metric: "f1", "at-least": 0.8 };
  const broken = performance([{ bar, rows: 100, value: 0.6, holds: "no" }]);
  const unclear = performance([{ bar, rows: 100, value: 0.75, holds: "unclear" }]);
  const windows = [broken, unclear, broken].map((each, n) => look(n, { performance: each }));

  const { alarms } = state(windows, { spec: { bars: [bar] } });

  expect(alarms).toMatchObject([{ kind: "bar", sure: false, windows: [day(0), day(2)] }]);
  expect(state(windows.slice(0, 2), { spec: { bars: [bar] } }).state).toBe("quiet");
});

test("a bar on a metric without hits that is moved is held against the kept interval", () => {
  const interval = { level: 0.05, low: 0.55, high: 0.65 };
  const metric = { function: "f1_score", greater_is_better: true, value: 0.6, intervals: [interval] };
  const kept = performance([{ bar: { metric: "f1", "at-least": 0.5 }, rows: 100, value: 0.6, holds: "yes" }]);
  const windows = [0, 1].map((n) => look(n, { performance: { ...kept, metrics: { f1: metric } } }));

  expect(state(windows, { spec: { bars: [{ metric: "f1", "at-least": 0.7 }] } }).state).toBe("alarmed");
});

test("the clean windows of a new version close a bar's alarm once their labels have come", () => {
  const broken = look(0, { performance: hits(140, 200) });
  const after = (labels: boolean) =>
    Array.from({ length: 5 }, (_, n) =>
      look(1 + n, { version: 2, ...(labels ? { performance: hits(190, 200) } : {}) }),
    );

  expect(state([broken, ...after(false)], { live: 2, spec: BARS }).state).toBe("clearing");
  expect(state([broken, ...after(true)], { live: 2, spec: BARS }).state).toBe("quiet");
});

test("a person's snooze is shown until it ends", () => {
  const snoozes = [snooze({ at: day(1), until: day(4) })];

  expect(state(days("bb"), { snoozes, at: day(3) })).toMatchObject({ state: "alarmed", snoozed: { until: day(4) } });
  expect(state(days("bb"), { snoozes, at: day(4) }).snoozed).toBeUndefined();
});

test("the newest snooze holds: one that ends at once ends those before", () => {
  const snoozes = [snooze(), snooze({ id: "d".repeat(32), at: day(2), until: day(2) })];

  expect(state(days("bb"), { snoozes, at: day(3) }).snoozed).toBeUndefined();
});

test("names that no person wrote stay in bounds", () => {
  const column = "<b>".repeat(300);
  const windows = [0, 1].map((n) => look(n, { tests: [drifted({ column, bins: undefined })] }));

  expect(state(windows).alarms[0]?.words.length).toBeLessThan(400);
});

test("an alarm on a bar is sure while all labels so far say so together, not by those of the first windows alone", () => {
  const broken = [look(0, { performance: hits(70, 100) })];
  const later = [1, 2].map((n) => look(n, { performance: hits(99, 100) }));

  expect(state(broken, { spec: BARS }).alarms).toMatchObject([{ sure: true }]);
  expect(state([...broken, ...later], { spec: BARS }).alarms).toMatchObject([
    { sure: false, words: expect.stringContaining("no rollback rests on it") },
  ]);
});

test("windows with a label or two close no alarm on a bar, each for itself", () => {
  const broken = look(0, { performance: hits(140, 200) });
  const few = Array.from({ length: 30 }, (_, n) => look(1 + n, { performance: hits(2, 2) }));
  const more = Array.from({ length: 20 }, (_, n) => look(31 + n, { performance: hits(2, 2) }));

  expect(state([broken, ...few.slice(0, 6)], { spec: BARS }).state).toBe("alarmed");
  expect(state([broken, ...few], { spec: BARS }).state).toBe("alarmed");
  expect(state([broken, ...few, ...more], { spec: BARS }).state).toBe("quiet");
});

test("a window with few labels is no clean one of another metric either", () => {
  const bar = { metric: "f1", "at-least": 0.8 };
  const broken = performance([{ bar, rows: 100, value: 0.6, holds: "no" }]);
  const few = performance([{ bar, rows: 1, value: 1, holds: "unclear" }]);
  const windows = [broken, broken, few, few, few, few, few].map((each, n) => look(n, { performance: each }));

  expect(state(windows, { spec: { bars: [bar] } }).state).toBe("alarmed");
});
