import fc from "fast-check";
import { expect, it } from "vitest";
import { askedLevel, DEFAULT_TRIES, isSpent, priceOf } from "../../core/gates/asked-level.ts";
import { checkGate } from "../../core/gates/check-gate.ts";
import { LEVELS, levelFor } from "../../core/metrics/levels.ts";
import type { Gate } from "../../schemas/gate.ts";
import type { TryTerms } from "../../schemas/try.ts";
import { comparison, evaluation, FIRST_TRY, metric, pair } from "./evidence.ts";

const RUNS = { numRuns: 2_000, seed: 11 };
const confidence = fc.constantFrom(0.6, 0.8, 0.9, 0.95, 0.98, 0.99);
const budget = fc.constantFrom(0, 1, 3, 10, 20, 50, 100);
const before = fc.oneof(fc.constant(0), fc.double({ min: 0, max: 0.4, noNaN: true }));
const terms = fc.record({ budget, before }).map((about): TryTerms => ({ id: FIRST_TRY.id, ...about, level: 1 }));

/** Bounds that grow wider with each stricter level, around a value that often just passes or just fails. */
const measure = fc
  .record({ value: fc.integer({ min: -4, max: 8 }), steps: fc.array(fc.nat(3), { minLength: 8, maxLength: 8 }) })
  .map(({ value, steps }) => {
    let half = 0;
    const intervals = LEVELS.map((level, rung) => {
      half += steps[rung] as number;
      return { level, low: (value - half) / 10, high: (value + half) / 10 };
    });
    return { value: value / 10, intervals };
  });
const asks = fc.constantFrom<Partial<Gate>>(
  { "at-least": 0.1 },
  { "at-most": 0.1 },
  { versus: "production", "min-improvement": 0 },
  { versus: "production", "min-improvement": 0.1 },
  { versus: "production", "max-regression": 0.1 },
);

interface World {
  measure: { value: number; intervals: { level: number; low: number; high: number }[] };
  asks: Partial<Gate>;
}
const world: fc.Arbitrary<World> = fc.record({ measure, asks });

function answer({ measure, asks }: World, confidence: number, tries: readonly TryTerms[]) {
  const gate: Gate = { metric: "accuracy", ...asks, confidence };
  const difference = pair(0.5 + measure.value, 0.5, { difference: measure });
  return checkGate(
    { gate, origin: "spec" },
    {
      evaluation: evaluation({ accuracy: metric(measure.value, { intervals: measure.intervals }) }),
      comparisons: [comparison({ accuracy: difference })],
      tries,
    },
  );
}

it("never passes after more tries what it did not pass after fewer", () => {
  let passed = 0;
  fc.assert(
    fc.property(world, confidence, terms, before, (world, confidence, terms, more) => {
      const later = answer(world, confidence, [{ ...terms, before: terms.before + more }]);
      if (later.verdict !== "pass") return;
      passed++;
      expect(answer(world, confidence, [terms]).verdict).toBe("pass");
    }),
    RUNS,
  );
  expect(passed).toBeGreaterThan(100);
});

it("never passes on more tries at once what it does not pass on each", () => {
  let passed = 0;
  fc.assert(
    fc.property(world, confidence, fc.array(terms, { minLength: 1, maxLength: 3 }), (world, confidence, tries) => {
      if (answer(world, confidence, tries).verdict !== "pass") return;
      passed++;
      for (const each of tries) expect(answer(world, confidence, [each]).verdict).toBe("pass");
    }),
    RUNS,
  );
  expect(passed).toBeGreaterThan(100);
});

it("never passes at a stricter level what it does not pass at a looser one", () => {
  let passed = 0;
  fc.assert(
    fc.property(world, confidence, confidence, budget, budget, (world, c1, c2, b1, b2) => {
      const levels = [askedLevel(c1, b1), askedLevel(c2, b2)];
      const [strict, loose] = (levels[0] as number) <= (levels[1] as number) ? [0, 1] : [1, 0];
      const at = (index: number) =>
        answer(world, [c1, c2][index] as number, [{ ...FIRST_TRY, budget: [b1, b2][index] as number, level: 1 }]);
      if (at(strict).verdict !== "pass") return;
      passed++;
      expect(at(loose).verdict).toBe("pass");
    }),
    RUNS,
  );
  expect(passed).toBeGreaterThan(100);
});

it("opens nothing again by raising or lowering the budget: together the levels stay within what the confidence leaves", () => {
  let spent = 0;
  fc.assert(
    fc.property(
      confidence,
      fc.array(
        budget.filter((tries) => tries > 0),
        { minLength: 1, maxLength: 300 },
      ),
      (c, budgets) => {
        let paid = 0;
        const gate: Gate = { metric: "accuracy", "at-least": 0.5, confidence: c };
        for (const tries of budgets) {
          if (isSpent(c, { budget: tries, before: paid })) spent++;
          else paid += priceOf([{ gate }], tries);
        }
        expect(paid).toBeLessThanOrEqual((1 - c) * (1 + 1e-6));
      },
    ),
    { numRuns: 300, seed: 11 },
  );
  expect(spent).toBeGreaterThan(100);
});

it("gives as many tries as the budget says, and no more", () => {
  fc.assert(
    fc.property(
      confidence,
      budget.filter((tries) => tries > 0),
      (c, tries) => {
        const after = (number: number) => ({ budget: tries, before: number * askedLevel(c, tries) });
        expect(isSpent(c, after(tries - 1))).toBe(false);
        expect(isSpent(c, after(tries))).toBe(true);
      },
    ),
  );
});

it("takes of the ladder the loosest level that is strict enough", () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-5, max: 0.5, noNaN: true }), (asked) => {
      const rung = levelFor(asked);
      const enough = LEVELS.filter((level) => level <= asked);
      expect(rung).toBe(enough.length === 0 ? undefined : Math.max(...enough));
    }),
  );
  expect(LEVELS.map((level) => levelFor(level))).toEqual(LEVELS);
  expect(levelFor(askedLevel(0.95, DEFAULT_TRIES))).toBe(0.0025);
});

it("prices a try by its most expensive gate", () => {
  const gates = [{ confidence: 0.99 }, {}, { confidence: 0.9 }].map((about) => ({
    gate: { metric: "accuracy", "at-least": 0.5, ...about },
  }));
  expect(priceOf(gates, 20)).toBeCloseTo(0.005);
  expect(priceOf(gates.slice(1, 2), 20)).toBe(0);
});
