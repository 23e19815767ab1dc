import { expect, test } from "vitest";
import { type EarlierVersion, rollbackTarget } from "../../core/drift/rollback-target.ts";
import type { MonitorSpec } from "../../schemas/monitor-spec.ts";
import { evaluation, metric } from "../gates/evidence.ts";
import { ACCURACY, hits, look, performance } from "./builders.ts";

const SPEC: MonitorSpec = { bars: [ACCURACY] };

/** A version by its evaluation and, where given, by the labels of its windows: [hits, rows] a day. */
function version(number: number, accuracy: number | undefined, ...days: [number, number][]): EarlierVersion {
  return {
    version: number,
    evaluation: accuracy === undefined ? undefined : evaluation({ accuracy: metric(accuracy) }),
    windows: days.map(([right, rows], n) => look(n, { version: number, performance: hits(right, rows) })),
  };
}

test("the newest earlier version that holds the bar comes back", () => {
  const target = rollbackTarget([version(3, 0.8), version(2, 0.9), version(1, 0.95)], SPEC);

  expect(target).toEqual({
    version: 2,
    words: [
      "version 3: accuracy at least 0.85: it was 0.8 in its evaluation",
      "version 2: accuracy at least 0.85: it was 0.9 in its evaluation",
    ],
  });
});

test("a version's own labels win over its evaluation", () => {
  const target = rollbackTarget([version(2, 0.95, [60, 100]), version(1, 0.7, [90, 100])], SPEC);

  expect(target.version).toBe(1);
  expect(target.words[0]).toBe(
    "version 2: accuracy at least 0.85: it was 0.6 on the 100 labelled rows that it answered, and ended below",
  );
});

test("a few labels of its own do not overrule an evaluation", () => {
  expect(rollbackTarget([version(2, 0.95, [3, 10])], SPEC).version).toBe(2);
});

test("a version that fell below the bar in the end does not hold it, whatever it was before", () => {
  const target = rollbackTarget([version(2, 0.95, [950, 1_000], [950, 1_000], [120, 200])], SPEC);

  expect(target.version).toBeUndefined();
});

test("every bar has to hold", () => {
  const spec: MonitorSpec = { bars: [ACCURACY, { metric: "recall", "at-least": 0.8 }] };
  const both = { accuracy: metric(0.9), recall: metric(0.7) };

  expect(rollbackTarget([{ version: 1, evaluation: evaluation(both), windows: [] }], spec)).toEqual({
    version: undefined,
    words: ["version 1: recall at least 0.8: it was 0.7 in its evaluation"],
  });
});

test("what cannot be told does not hold", () => {
  const other = { version: 3, evaluation: evaluation({ f1: metric(0.9) }), windows: [] };
  const target = rollbackTarget([other, version(2, undefined)], SPEC);

  expect(target).toEqual({
    version: undefined,
    words: [
      "version 3: accuracy at least 0.85: its evaluation cannot tell: no accuracy there; there are f1",
      "version 2: accuracy at least 0.85: it was never evaluated",
    ],
  });
});

test("a bar on a slice is held against the slice", () => {
  const slice = { sex: "female" };
  const bar = { metric: "accuracy", slice, "at-least": 0.8 };
  const found = evaluation(
    { accuracy: metric(0.9) },
    { slices: [{ slice, rows: 50, metrics: { accuracy: metric(0.7) } }] },
  );

  expect(rollbackTarget([{ version: 1, evaluation: found, windows: [] }], { bars: [bar] }).version).toBeUndefined();
});

test("without a bar there is nothing to hold, and so no version", () => {
  expect(rollbackTarget([version(1, 0.9)], {}).version).toBeUndefined();
});

test("labels of another version's rows do not count", () => {
  const windows = [look(0, { version: 9, performance: hits(10, 100) })];

  expect(rollbackTarget([{ ...version(1, 0.9), windows }], SPEC).version).toBe(1);
});

test("a metric that is no mean of rows is judged by its labelled windows too", () => {
  const bar = { metric: "f1", "at-least": 0.8 };
  const windows = [0, 1].map((n) =>
    look(n, { performance: performance([{ bar, rows: 100, value: 0.5, holds: "no" }]) }),
  );

  expect(
    rollbackTarget([{ version: 1, evaluation: evaluation({ f1: metric(0.9) }), windows }], { bars: [bar] }).version,
  ).toBe(undefined);
});
