import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { rowsToSee, type Sight, sightAt } from "../../core/ledger/price.ts";
import { sightWords } from "../../core/ledger/price-words.ts";
import { LEVELS } from "../../core/metrics/levels.ts";
import { betaQuantile, normalQuantile } from "../../core/metrics/quantiles.ts";
import type { Gate } from "../../schemas/gate.ts";

/** Bounds as a normal error gives them. */
const normal = (value: number, error: number, levels: readonly number[] = LEVELS) => ({
  value,
  intervals: levels.map((level) => {
    const half = normalQuantile(1 - level) * error;
    return { level, low: value - half, high: value + half };
  }),
});
const least: Gate = { metric: "accuracy", "at-least": 0.9, confidence: 0.95 };
const regression: Gate = { metric: "accuracy", versus: "production", "max-regression": 0.02, confidence: 0.95 };

describe("what a test set can see", () => {
  it("is what a paired comparison of 1,000 rows sees that differ on one in ten", () => {
    const error = Math.sqrt(0.1 / 1_000);
    const sight = sightAt(regression, { measure: normal(0.01, error), rows: 1_000 }, 0.0025);
    expect(sight?.seen).toBeCloseTo(0.036, 2);
    expect(sightAt(regression, { measure: normal(0.01, error), rows: 1_000 }, 0.025)?.seen).toBeCloseTo(0.028, 3);
  });

  it("goes by the level of the bound that decides, not by a looser one that was asked for", () => {
    const measured = { measure: normal(0.95, 0.01), rows: 500 };
    expect(sightAt(least, measured, 0.0024)).toEqual(sightAt(least, measured, 0.001));
  });

  it("is about the same where bounds lie outward by steps", () => {
    for (const error of [0.009, 0.013, 0.02, 0.03]) {
      const { value, intervals } = normal(0.9, error);
      const step = 0.03;
      const outward = (distance: number) => (Math.floor(distance / step + 0.5) + 1) * step;
      const coarse = intervals.map(({ level, low }) => ({ level, low: value - outward(value - low), high: 1 }));
      const seen = sightAt(least, { measure: { value, intervals: coarse, step }, rows: 1_000 }, 0.0025)?.seen ?? 0;
      const exact = sightAt(least, { measure: normal(0.9, error), rows: 1_000 }, 0.0025)?.seen ?? 1;
      expect(seen / exact).toBeGreaterThan(0.6);
      expect(seen / exact).toBeLessThan(1.7);
    }
  });

  it("looks at the side that the gate looks at", () => {
    const measure = { value: 0.95, intervals: [{ level: 0.0025, low: 0.85, high: 0.96 }] };
    const below = sightAt(least, { measure, rows: 100 }, 0.0025)?.seen ?? 0;
    const above = sightAt({ metric: "accuracy", "at-most": 0.97 }, { measure, rows: 100 }, 0.0025)?.seen ?? 0;
    expect(below / above).toBeCloseTo(10);
  });

  it("is the same share of rows, whatever share the measured version got right", () => {
    const asked: Gate = { metric: "accuracy", "at-least": 0.7, confidence: 0.95 };
    for (const right of [218, 249, 280, 297, 300]) {
      const low = betaQuantile(0.0025, right, 300 - right + 1);
      const measure = { value: right / 300, intervals: [{ level: 0.0025, low, high: 1 }] };
      // 233 of 300 have their bound above 0.7, and a model that is right on 79.7 % gets as many in four tests of five.
      const seen = sightAt(asked, { measure, rows: 300, range: [0, 1] }, 0.0025)?.seen;
      expect(seen).toBeCloseTo(0.096, 2);
      const mirrored: Gate = { metric: "error", "at-most": 0.3, confidence: 0.95 };
      const errors = { value: 1 - measure.value, intervals: [{ level: 0.0025, low: 0, high: 1 - low }] };
      expect(sightAt(mirrored, { measure: errors, rows: 300, range: [0, 1] }, 0.0025)?.seen).toBeCloseTo(seen ?? 0, 6);
    }
  });

  it("is nothing where not even the best value would pass", () => {
    const measure = { value: 0.9, intervals: [{ level: 0.0025, low: betaQuantile(0.0025, 270, 31), high: 1 }] };
    const seen = (threshold: number, times = 1) =>
      sightAt({ metric: "a", "at-least": threshold }, { measure, rows: 300, range: [0, 1], times }, 0.0025)?.seen;
    expect(seen(0.97)).toBeLessThan(0.03);
    expect(seen(0.995)).toBe(Number.POSITIVE_INFINITY);
    expect(seen(0.995, 10)).toBeLessThan(0.005);
  });

  it("grows and shrinks with errors that have one end", () => {
    const asked: Gate = { metric: "mae", "at-most": 10, confidence: 0.95 };
    const seen = (value: number) => {
      const measure = { value, intervals: [{ level: 0.0025, low: 0, high: value * 1.2 }] };
      return sightAt(asked, { measure, rows: 300, range: [0, Number.POSITIVE_INFINITY] }, 0.0025)?.seen;
    };
    expect(seen(5)).toBeCloseTo(2.11, 2);
    expect(seen(0.1)).toBeCloseTo(2.11, 2);
    const r2: Gate = { metric: "r2", "at-least": 0.5, confidence: 0.95 };
    const measure = { value: 0.99, intervals: [{ level: 0.0025, low: 0.988, high: 1 }] };
    const range = [Number.NEGATIVE_INFINITY, 1] as const;
    expect(sightAt(r2, { measure, rows: 300, range }, 0.0025)?.seen).toBeCloseTo(0.1054, 3);
  });

  it("is told from a looser bound where there is none at the level asked", () => {
    const measured = { measure: normal(0.95, 0.01, LEVELS.slice(0, 3)), rows: 500 };
    const whole = { measure: normal(0.95, 0.01), rows: 500 };
    expect(sightAt(least, measured, 0.0025)?.seen).toBeCloseTo(sightAt(least, whole, 0.0025)?.seen ?? 0);
  });

  it("is not known without a bound, and where nothing varies", () => {
    expect(sightAt(least, { measure: { value: 0.9 }, rows: 500 }, 0.0025)).toBeUndefined();
    expect(sightAt(least, { measure: { value: null, intervals: [] }, rows: 500 }, 0.0025)).toBeUndefined();
    expect(sightAt(regression, { measure: normal(0, 0), rows: 500 }, 0.0025)).toBeUndefined();
  });

  it("is never finer at a stricter level", () => {
    const level = fc.constantFrom(...LEVELS);
    fc.assert(
      fc.property(level, level, fc.double({ min: 1e-3, max: 10, noNaN: true }), (one, other, error) => {
        const seen = (asked: number) => sightAt(regression, { measure: normal(0, error), rows: 100 }, asked)?.seen ?? 0;
        const [strict, loose] = [Math.min(one, other), Math.max(one, other)];
        expect(seen(strict)).toBeGreaterThanOrEqual(seen(loose));
      }),
    );
  });
});

describe("how many rows see a margin", () => {
  it("is as many times more as the square of what is missing", () => {
    expect(rowsToSee(0.01, { level: 0.0025, seen: 0.02, rows: 500 })).toBe(2_000);
    expect(rowsToSee(0.04, { level: 0.0025, seen: 0.02, rows: 500 })).toBe(125);
  });
});

describe("the words", () => {
  const sight: Sight = { level: 0.0025, seen: 0.0284, rows: 2_033 };

  it("tell the difference, and the rows that would see the gate's margin", () => {
    expect(sightWords(regression, sight)).toBe("differences of 0.028 or more at 80 % power; 4,100 rows would see 0.02");
  });

  it("tell no rows where the margin is seen already, or is none", () => {
    const said = "differences of 0.028 or more at 80 % power";
    expect(sightWords({ ...regression, "max-regression": 0.03 }, sight)).toBe(said);
    expect(sightWords({ metric: "accuracy", versus: "production", "min-improvement": 0 }, sight)).toBe(said);
  });

  it("tell that nothing passes, where not even the best value does", () => {
    const said = "nothing: not even the best value would pass";
    expect(sightWords(least, { ...sight, seen: Number.POSITIVE_INFINITY })).toBe(said);
  });

  it("tell no rows where no number of them shows that nothing is lost", () => {
    const none: Gate = { ...regression, "max-regression": 0 };
    expect(sightWords(none, sight)).toBe("differences of 0.028 or more at 80 % power");
  });

  it("tell of a threshold which values pass", () => {
    expect(sightWords(least, sight)).toBe("values of 0.928 or more at 80 % power");
    expect(sightWords({ metric: "mae", "at-most": 50 }, { ...sight, seen: 6.3 })).toBe(
      "values of 43.7 or less at 80 % power",
    );
    expect(sightWords({ metric: "bias", "at-least": -1, "at-most": 1 }, { ...sight, seen: 0.25 })).toBe(
      "values from -0.75 to 0.75 at 80 % power",
    );
  });
});
