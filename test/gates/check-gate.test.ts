import { describe, expect, it } from "vitest";
import { checkGate } from "../../core/gates/check-gate.ts";
import type { GATE_REASONS } from "../../core/gates/gate-reasons.ts";
import { LEVELS } from "../../core/metrics/levels.ts";
import type { Gate } from "../../schemas/gate.ts";
import { GateResult } from "../../schemas/gate.ts";
import type { TryTerms } from "../../schemas/try.ts";
import { comparison, evaluation, FIRST_TRY, metric, NO_PRODUCTION, pair, TEST_DATA, within } from "./evidence.ts";

function check(gate: Gate, measured = evaluation({}), comparisons = [comparison({})], tries = [FIRST_TRY]) {
  return checkGate({ gate, origin: "spec" }, { evaluation: measured, comparisons, tries });
}

describe("a gate on the value itself", () => {
  it("passes at the threshold, and says what was asked and found", () => {
    expect(check({ metric: "accuracy", "at-least": 0.9 }, evaluation({ accuracy: metric(0.9) }))).toEqual({
      gate: { metric: "accuracy", "at-least": 0.9 },
      origin: "spec",
      verdict: "pass",
      expected: "at least 0.9",
      found: "0.9",
      value: 0.9,
      rows: 100,
    });
  });

  it("fails below it, with digits that show the miss", () => {
    const result = check({ metric: "accuracy", "at-least": 0.9 }, evaluation({ accuracy: metric(0.89996) }));
    expect(result).toMatchObject({ verdict: "fail", expected: "at least 0.9", found: "0.89996" });
  });

  it("knows an upper limit, and names the unit of a measured metric", () => {
    const measured = evaluation({ predict_ms_per_row: metric(4.2, { greater_is_better: false }) });
    const result = check({ metric: "predict_ms_per_row", "at-most": 4 }, measured);
    expect(result).toMatchObject({ verdict: "fail", expected: "at most 4 ms", found: "4.2 ms" });
  });

  it.each([
    [3, [2, 3.9], "pass", undefined],
    [3, [2, 4.1], "inconclusive", "INTERVAL_TOO_WIDE"],
    [3, undefined, "inconclusive", "INTERVAL_MISSING"],
    [4.2, [3, 5], "fail", undefined],
    [0, [0, 1], "inconclusive", "VALUE_UNDEFINED"],
    [null, [0, 3.9], "pass", undefined],
    [null, [0, 4.1], "inconclusive", "VALUE_UNDEFINED"],
    [null, undefined, "inconclusive", "VALUE_UNDEFINED"],
  ] as const)("passes a time of %s ms by its upper bound alone: %s", (value, bounds, verdict, reason) => {
    const about = { greater_is_better: false, ...(bounds ? within(bounds[0], bounds[1]) : {}) };
    const timed = evaluation({ predict_ms_per_row: metric(value, about) });
    const result = check({ metric: "predict_ms_per_row", "at-most": 4 }, timed);
    expect([result.verdict, result.reason]).toEqual([verdict, reason]);
  });

  it("asks for both where a range is given", () => {
    const gate = { metric: "bias", "at-least": -1, "at-most": 1 };
    expect(check(gate, evaluation({ bias: metric(2) })).verdict).toBe("fail");
    expect(check(gate, evaluation({ bias: metric(0) })).verdict).toBe("pass");
  });

  it("shows an interval that nobody asked for without deciding on it", () => {
    const measured = evaluation({ accuracy: metric(0.91, within(0.85, 0.95)) });
    const result = check({ metric: "accuracy", "at-least": 0.9 }, measured);
    expect(result).toMatchObject({ verdict: "pass", found: "0.91", interval: { low: 0.85, high: 0.95 } });
  });

  it("looks at one class", () => {
    const classes = [
      { class: "yes", value: 0.7 },
      { class: "no", value: 0.9 },
    ];
    const measured = evaluation({ recall: metric(null, { classes }) });
    expect(check({ metric: "recall", class: "yes", "at-least": 0.8 }, measured).verdict).toBe("fail");
    expect(check({ metric: "recall", class: "no", "at-least": 0.8 }, measured).verdict).toBe("pass");
  });

  it("looks at a class by its value where that is a whole number, and else by its text", () => {
    const classes = ["1", "1.5", "1.50"].map((name, n) => ({ class: name, value: (7 + n) / 10 }));
    const measured = evaluation({ recall: metric(null, { classes }) });
    const found = (name: string | number) => check({ metric: "recall", class: name, "at-least": 0 }, measured).value;
    expect(["1.0", 1, "1.5", "1.50"].map(found)).toEqual([0.7, 0.7, 0.8, 0.9]);
  });

  it("looks at the slice that is written as the gate writes it", () => {
    const slices = [1, "1.0", "1.10"].map((ring, n) => ({
      ...{ slice: { ring }, rows: 12, metrics: { accuracy: metric((7 + n) / 10) } },
    }));
    const measured = evaluation({ accuracy: metric(0.9) }, { slices });
    const found = (ring: string | number) => check({ metric: "accuracy", slice: { ring }, "at-least": 0 }, measured);
    expect([1, "1.0", "1.00", "1.10"].map((ring) => found(ring).value)).toEqual([0.7, 0.8, 0.7, 0.9]);
    expect(found("1.1")).toMatchObject({ verdict: "inconclusive", reason: "SLICE_MISSING" });
  });

  it("looks at one slice, whatever the order of its columns", () => {
    const slices = [{ slice: { sex: "female", year: 2008 }, rows: 12, metrics: { accuracy: metric(0.7) } }];
    const measured = evaluation({ accuracy: metric(0.9) }, { slices });
    const gate = { metric: "accuracy", slice: { year: 2008, sex: "female" }, "at-least": 0.8 };
    expect(check(gate, measured)).toMatchObject({ verdict: "fail", found: "0.7", rows: 12 });
  });
});

describe("a gate on the interval's bound", () => {
  const gate = { metric: "auc", "at-least": 0.9, confidence: 0.95 };

  it("passes where the bound does", () => {
    const result = check(gate, evaluation({ auc: metric(0.95, within(0.91, 0.98)) }));
    expect(result).toMatchObject({
      verdict: "pass",
      expected: "at least 0.9 with 95 % confidence",
      found: "0.95, at least 0.91 at the 0.25 % level (try 1 of 20)",
    });
  });

  it("is inconclusive where the value passes and the bound does not", () => {
    const result = check(gate, evaluation({ auc: metric(0.95, within(0.89996, 0.98)) }));
    expect(result).toMatchObject({
      verdict: "inconclusive",
      reason: "INTERVAL_TOO_WIDE",
      found: "0.95, at least 0.89996 at the 0.25 % level (try 1 of 20): the interval is too wide",
    });
  });

  it("fails where the value itself does", () => {
    expect(check(gate, evaluation({ auc: metric(0.8, within(0.7, 0.95)) })).verdict).toBe("fail");
  });

  it("takes the upper bound for an upper limit", () => {
    const measured = evaluation({ rmse: metric(9, { ...within(8, 11), greater_is_better: false }) });
    const result = check({ metric: "rmse", "at-most": 10, confidence: 0.95 }, measured);
    expect(result).toMatchObject({ verdict: "inconclusive", reason: "INTERVAL_TOO_WIDE" });
  });
});

describe("a gate that costs a try", () => {
  const gate = { metric: "auc", "at-least": 0.9, confidence: 0.95 };
  const later = (before: number, budget = 20): TryTerms => ({ ...FIRST_TRY, budget, before, level: 0.05 });
  const ladder = LEVELS.map((level, rung) => ({ level, low: 0.95 - rung / 100, high: 0.99 }));
  const measured = evaluation({ auc: metric(0.97, { intervals: ladder }) });
  const asked = (tries: TryTerms[], gate: Gate) => check(gate, measured, [], tries);

  it("is asked at its share of what the confidence leaves", () => {
    expect(asked([later(0)], gate)).toMatchObject({ level: expect.closeTo(0.0025), interval: ladder[5] });
  });

  it("takes the next stricter bound where none was recorded at the level asked", () => {
    const found = asked([later(0, 30)], gate);
    expect(found).toMatchObject({ level: expect.closeTo(0.05 / 30), interval: ladder[6], verdict: "inconclusive" });
    expect(found.found).toBe("0.97, at least 0.89 at the 0.1 % level (try 1 of 30): the interval is too wide");
  });

  it("is asked at all that the confidence leaves where the policy has no budget", () => {
    const found = asked([later(0.4, 0)], gate);
    expect(found).toMatchObject({ verdict: "pass", found: "0.97, at least 0.94 at the 5 % level" });
  });

  it("is asked at the strictest level of the tries that it rests on", () => {
    expect(asked([later(0), later(0.01, 10)], gate).found).toBe("0.97, at least 0.9 at the 0.25 % level (try 3 of 10)");
  });

  it("is inconclusive where earlier tries have spent the test set", () => {
    expect(asked([later(19 * 0.0025)], gate)).toMatchObject({ verdict: "pass" });
    expect(asked([later(19.5 * 0.0025)], gate)).toMatchObject({
      verdict: "inconclusive",
      reason: "TEST_SET_SPENT",
      found: "0.97; 4.875 % of 5 % was spent before",
    });
    expect(asked([later(0), later(0.05)], gate)).toMatchObject({ reason: "TEST_SET_SPENT" });
  });

  it("is not answered before the try is spent, and says nothing of the value", () => {
    const unspent = { verdict: "inconclusive", reason: "TRY_NOT_SPENT" };
    expect(asked([], { ...gate, "at-least": 1 })).toMatchObject(unspent);
    expect(asked([], { ...gate, "at-least": 1 })).not.toHaveProperty("value");
    expect(asked([{ ...FIRST_TRY, level: 0 }], gate)).toMatchObject(unspent);
  });

  it("says that no bound is strict enough where the budget asks for more than the ladder has", () => {
    expect(asked([later(0, 1000)], gate)).toMatchObject({
      reason: "INTERVAL_MISSING",
      found: "0.97; asked at 0.005 %, and no bound is stricter than 0.05 %",
    });
  });

  it("says why there is no bound at the level asked", () => {
    const few = evaluation({ auc: metric(0.97, { intervals: ladder.slice(0, 3), reason: "from 40 rows on" }) });
    expect(check(gate, few)).toMatchObject({
      reason: "INTERVAL_MISSING",
      found: "0.97; no bound was recorded at the 0.25 % level: from 40 rows on",
    });
  });

  it("costs nothing without a confidence", () => {
    expect(asked([], { metric: "auc", "at-least": 0.9 })).toMatchObject({ verdict: "pass", found: "0.97" });
    expect(asked([later(0.05)], { metric: "auc", "at-least": 0.9 }).verdict).toBe("pass");
  });
});

describe("evidence that cannot answer", () => {
  const slices = [{ slice: { island: "Dream" }, rows: 9, metrics: { accuracy: metric(0.9) } }];
  const measured = evaluation(
    { accuracy: metric(0.9, within(0.8, 0.95, [0.05])), auc: metric(null, { reason: "one class" }) },
    { slices },
  );
  const versus = { metric: "accuracy", versus: "production", "max-regression": 0.1 };

  it.each<[keyof typeof GATE_REASONS, Gate]>([
    ["METRIC_MISSING", { metric: "recall", "at-least": 0 }],
    ["METRIC_MISSING", { metric: "constructor", "at-least": 0 }],
    ["CLASS_MISSING", { metric: "accuracy", class: "yes", "at-least": 0 }],
    ["VALUE_UNDEFINED", { metric: "auc", "at-least": 0 }],
    ["SLICE_MISSING", { metric: "accuracy", slice: { island: "Biscoe" }, "at-least": 0 }],
    ["TOO_FEW_ROWS", { metric: "accuracy", slice: { island: "Dream" }, "at-least": 0 }],
    ["TOO_FEW_ROWS", { metric: "accuracy", "at-least": 0, "min-rows": 101 }],
    ["INTERVAL_MISSING", { metric: "accuracy", "at-least": 0, confidence: 0.99 }],
    ["COMPARISON_MISSING", { metric: "accuracy", versus: "staging", "max-regression": 1 }],
    ["METRIC_MISSING", versus],
    ["GATE_INCOMPLETE", { metric: "accuracy" }],
    ["GATE_INCOMPLETE", { metric: "accuracy", versus: "production" }],
    ["GATE_INCOMPLETE", { metric: "accuracy", "max-regression": 0.1 }],
    ["GATE_INCOMPLETE", { ...versus, "at-least": 0.1 }],
  ])("is inconclusive: %s for %j", (reason, gate) => {
    expect(check(gate, measured)).toMatchObject({ verdict: "inconclusive", reason });
  });

  it.each([1, 9])("is inconclusive on %d test rows, where a perfect value is no evidence yet", (rows) => {
    const few = evaluation({ accuracy: metric(1) }, { test: { sha256: TEST_DATA, rows, files: [] } });
    const found = check({ metric: "accuracy", "at-least": 0.5 }, few);
    expect(found).toMatchObject({ verdict: "inconclusive", reason: "TOO_FEW_ROWS" });
    const alike = comparison({ accuracy: pair(1, 0.5) }, { rows });
    expect(check(versus, few, [alike])).toMatchObject({ verdict: "inconclusive", reason: "TOO_FEW_ROWS" });
  });

  it("decides on ten rows, and on a size or a time whatever the rows", () => {
    const test = (rows: number) => ({ test: { sha256: TEST_DATA, rows, files: [] } });
    const perfect = { accuracy: metric(1), artifact_mb: metric(2, { greater_is_better: false }) };
    expect(check({ metric: "accuracy", "at-least": 0.5 }, evaluation(perfect, test(10))).verdict).toBe("pass");
    expect(check({ metric: "artifact_mb", "at-most": 3 }, evaluation(perfect, test(1))).verdict).toBe("pass");
  });

  it("lets a gate say that fewer rows are enough", () => {
    const gate = { metric: "accuracy", slice: { island: "Dream" }, "at-least": 0.5, "min-rows": 9 };
    expect(check(gate, measured).verdict).toBe("pass");
  });

  it("says why Production's predictions are not to be had", () => {
    const unavailable = comparison({}, { predictions: "unavailable", reason: "predict.mjs failed" });
    expect(check(versus, measured, [unavailable])).toMatchObject({
      verdict: "inconclusive",
      reason: "BASELINE_UNAVAILABLE",
      found: "production's predictions are not to be had: predict.mjs failed",
      baseline: { stage: "production", version: 1 },
    });
  });

  it("takes no comparison that was made on other test data", () => {
    const stale = comparison({ accuracy: pair(0.9, 0.8) }, { test_sha256: "b".repeat(64) });
    expect(check(versus, measured, [stale])).toMatchObject({ verdict: "inconclusive", reason: "COMPARISON_STALE" });
  });

  it("takes no comparison whose direction has changed", () => {
    const turned = comparison({ accuracy: pair(0.9, 0.8, { greater_is_better: false }) });
    expect(check(versus, measured, [turned])).toMatchObject({ reason: "DIRECTION_UNCLEAR", verdict: "inconclusive" });
  });

  it("takes no number that is none", () => {
    const broken = evaluation({ accuracy: metric(Number.NaN) });
    expect(check({ metric: "accuracy", "at-least": 0 }, broken).verdict).toBe("inconclusive");
  });
});

describe("a gate against the version in a stage", () => {
  const regression: Gate = { metric: "accuracy", versus: "production", "max-regression": 0.005 };
  const improvement: Gate = { metric: "accuracy", versus: "production", "min-improvement": 0.01 };
  const measured = evaluation({ accuracy: metric(0.9) });
  const against = (gate: Gate, candidate: number, baseline: number, about = {}) =>
    check(gate, measured, [comparison({ accuracy: pair(candidate, baseline, about) })]);

  it("passes where no version is in the stage, and says that there was nothing to compare", () => {
    expect(check(regression, measured, [NO_PRODUCTION])).toMatchObject({
      verdict: "pass",
      reason: "NO_BASELINE",
      found: "nothing to compare: no version is in production",
    });
  });

  it("lets a candidate be worse by just as much as allowed", () => {
    expect(against(regression, 0.9, 0.905)).toMatchObject({
      verdict: "pass",
      expected: "at most 0.005 worse than production",
      found: "0.9 against 0.905 (version 1): worse by 0.005",
    });
  });

  it("fails one that is worse than allowed", () => {
    expect(against(regression, 0.9, 0.9051)).toMatchObject({
      verdict: "fail",
      found: "0.9 against 0.9051 (version 1): worse by 0.0051",
      baseline: { stage: "production", version: 1, value: 0.9051 },
    });
  });

  it("asks for an improvement of the given size", () => {
    expect(against(improvement, 0.91, 0.9).verdict).toBe("pass");
    expect(against(improvement, 0.909, 0.9).verdict).toBe("fail");
  });

  it("knows that a smaller error is better", () => {
    const error = (candidate: number, baseline: number, gate: Gate) => {
      const lower = { greater_is_better: false };
      const rmse = comparison({ rmse: pair(candidate, baseline, lower) });
      return check({ ...gate, metric: "rmse" }, evaluation({ rmse: metric(candidate, lower) }), [rmse]).verdict;
    };
    expect(error(10, 10.5, improvement)).toBe("pass");
    expect(error(10.5, 10, improvement)).toBe("fail");
    expect(error(10.001, 10, regression)).toBe("pass");
    expect(error(10.1, 10, regression)).toBe("fail");
  });

  it("takes the paired interval's worse bound where a confidence is asked for", () => {
    const gate = { ...regression, confidence: 0.95 };
    const at = (low: number, high: number) =>
      against(gate, 0.91, 0.9, { difference: { value: 0.01, ...within(low, high) } });
    expect(at(-0.004, 0.02).verdict).toBe("pass");
    expect(at(-0.006, 0.02)).toMatchObject({ verdict: "inconclusive", reason: "INTERVAL_TOO_WIDE" });
  });

  it("asks an improvement with a confidence to be above what is asked, and a regression to be no larger", () => {
    const equal = { difference: { value: 0, ...within(0, 0) } };
    const improved: Gate = { metric: "accuracy", versus: "production", "min-improvement": 0 };
    expect(against(improved, 0.9, 0.9, equal)).toMatchObject({ verdict: "pass", expected: "as good as production" });
    const better = { ...improved, confidence: 0.95 };
    expect(against(better, 0.9, 0.9, equal)).toMatchObject({
      verdict: "fail",
      expected: "better than production with 95 % confidence",
    });
    const touching = { difference: { value: 0.02, ...within(0.01, 0.03) } };
    expect(against({ ...better, "min-improvement": 0.01 }, 0.92, 0.9, touching)).toMatchObject({
      verdict: "inconclusive",
      expected: "more than 0.01 better than production with 95 % confidence",
    });
    const lenient: Gate = { metric: "accuracy", versus: "production", "max-regression": 0, confidence: 0.95 };
    expect(against(lenient, 0.9, 0.9, equal).verdict).toBe("pass");
  });

  it("says how much worse or better it is at the bound", () => {
    const gate = { ...regression, confidence: 0.95 };
    const found = (low: number) =>
      against(gate, 0.91, 0.9, { difference: { value: 0.01, ...within(low, 0.02) } }).found;
    const said = "0.91 against 0.9 (version 1): better by 0.01";
    expect(found(-0.004)).toBe(`${said}, worse by at most 0.004 at the 0.25 % level (try 1 of 20)`);
    expect(found(0.003)).toBe(`${said}, better by at least 0.003 at the 0.25 % level (try 1 of 20)`);
  });

  it("says of a bound that stands in steps at what has to be exceeded that the truth is beyond it", () => {
    const gate: Gate = { metric: "accuracy", versus: "production", "min-improvement": 0, confidence: 0.95 };
    const stepped = evaluation({ accuracy: metric(0.9) }, { values: "steps" });
    const found = (low: number) => {
      const difference = { value: 0.1, step: 0.05, ...within(low, 0.2) };
      return check(gate, stepped, [comparison({ accuracy: pair(0.9, 0.8, { difference }) })]);
    };
    const said = "0.9 against 0.8 (version 1): better by 0.1";
    const level = "at the 0.25 % level (try 1 of 20)";
    expect(found(0)).toMatchObject({ verdict: "pass", found: `${said}, better by more than 0 ${level}` });
    expect(found(0.05)).toMatchObject({ verdict: "pass", found: `${said}, better by at least 0.05 ${level}` });
  });

  it("turns the interval round for a metric where smaller is better", () => {
    const lower = { greater_is_better: false };
    const gate = { metric: "rmse", versus: "production", "max-regression": 0.5, confidence: 0.95 };
    const at = (low: number, high: number) =>
      check(gate, evaluation({ rmse: metric(10, lower) }), [
        comparison({ rmse: pair(10, 11, { ...lower, difference: { value: -1, ...within(low, high) } }) }),
      ]);
    expect(at(-3, 0.4).verdict).toBe("pass");
    expect(at(-0.4, 3)).toMatchObject({ reason: "INTERVAL_TOO_WIDE" });
  });

  it("compares a size with the recorded one even where predictions are unavailable", () => {
    const lower = { greater_is_better: false };
    const sized = evaluation({ artifact_mb: metric(3, lower) });
    const gate = { metric: "artifact_mb", versus: "production", "max-regression": 1 };
    const recorded = { artifact_mb: pair(3, 2.5, lower) };
    const unavailable = comparison(recorded, { predictions: "unavailable", rows: 0 });
    expect(check(gate, sized, [unavailable])).toMatchObject({ verdict: "pass" });
    const unknown = comparison({}, { predictions: "unavailable", rows: 0 });
    expect(check(gate, sized, [unknown])).toMatchObject({ verdict: "inconclusive", reason: "METRIC_MISSING" });
  });

  it("compares one slice and one class", () => {
    const slice = { island: "Dream" };
    const classes = [{ class: "yes", candidate: 0.7, baseline: 0.9, difference: { value: -0.2 } }];
    const slices = [{ slice, rows: 40, metrics: { accuracy: pair(0.9, 0.9, { classes }) } }];
    const compared = comparison({ accuracy: pair(0.9, 0.8) }, { slices });
    const result = check({ ...regression, slice, class: "yes" }, measured, [compared]);
    expect(result).toMatchObject({ verdict: "fail", value: -0.2, rows: 40 });
  });
});

it("answers in the schema's shape", () => {
  const result = check({ metric: "auc", "at-least": 0.9, confidence: 0.95 }, evaluation({ auc: metric(0.95) }));
  expect(GateResult.parse(result)).toEqual(result);
});
