import fc from "fast-check";
import { expect, it } from "vitest";
import { canonicalJson } from "../../core/canonical.ts";
import { minRows } from "../../core/gates/min-rows.ts";
import { LEVELS } from "../../core/metrics/levels.ts";
import { decidePromotion } from "../../core/promotion/decide-promotion.ts";
import { decideRegistration } from "../../core/promotion/decide-registration.ts";
import type { AskedGate, Gate } from "../../schemas/gate.ts";
import type { TryTerms } from "../../schemas/try.ts";
import { comparison, evaluation, FIRST_TRY, metric, pair } from "../gates/evidence.ts";
import { History, manifest, promotion } from "./records.ts";

// Few, round numbers, so that thresholds are often hit exactly.
const level = fc.integer({ min: 0, max: 20 }).map((n) => n / 20);
const step = fc.integer({ min: 0, max: 4 }).map((n) => n / 20);
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const direction = fc.boolean();

const measured = fc.record({
  value: fc.option(level, { nil: null }),
  width: step,
  rows: fc.integer({ min: 0, max: 20 }),
});
const NAMES = ["a", "b"] as const;
const SLICE = { island: "Dream" };
const absolute = fc.record({ "at-least": level, confidence: maybe(fc.constantFrom(0.9, 0.95)) });
const below = fc.record({ "at-most": level, confidence: maybe(fc.constantFrom(0.9, 0.95)) });
const versus = fc.record({
  versus: fc.constant("production"),
  "max-regression": step,
  confidence: maybe(fc.constantFrom(0.9, 0.95)),
});
const better = fc.record({ versus: fc.constant("production"), "min-improvement": step });
const threshold: fc.Arbitrary<Partial<Gate>> = fc.oneof(absolute, below, versus, better);
const where = fc.record({
  metric: fc.constantFrom(...NAMES, "absent"),
  slice: maybe(fc.constant(SLICE)),
  "min-rows": maybe(fc.integer({ min: 1, max: 20 })),
});
const gate: fc.Arbitrary<Gate> = fc.tuple(where, threshold).map(([place, asked]) => defined({ ...place, ...asked }));
const gates = fc.array(
  gate.map((each): AskedGate => ({ gate: each, origin: "spec" })),
  { maxLength: 4 },
);

function defined(value: Partial<Gate> & { metric: string }): Gate {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as Gate;
}

function intervals(value: number | null, width: number) {
  if (value === null) return {};
  const at = (level: number, half: number) => ({ level, low: value - half, high: value + half });
  return { intervals: LEVELS.map((level, rung) => at(level, (width * (rung + 1)) / 2)) };
}

// Some are the first of their test set, some the last, some too late; of some nothing was paid.
const tries = fc.array(
  fc
    .record({
      budget: fc.constantFrom(0, 1, 20),
      before: fc.constantFrom(0, 0.0475, 0.2),
      level: fc.constantFrom(0, 1, 1),
    })
    .map((terms): TryTerms => ({ ...FIRST_TRY, ...terms })),
  { maxLength: 2 },
);

/** A version with its comparison, from a few numbers. */
const world = fc
  .record({ a: measured, b: measured, base: level, greater: direction, live: fc.boolean(), tries })
  .map((numbers) => {
    const about = { greater_is_better: numbers.greater };
    const metrics = Object.fromEntries(
      NAMES.map((name) => [
        name,
        metric(numbers[name].value, { ...intervals(numbers[name].value, numbers[name].width), ...about }),
      ]),
    );
    const pairs = Object.fromEntries(
      NAMES.flatMap((name) => {
        const { value, width } = numbers[name];
        if (value === null) return [];
        const difference = { value: value - numbers.base, ...intervals(value - numbers.base, width) };
        return [[name, pair(value, numbers.base, { ...about, difference })]];
      }),
    );
    const rows = numbers.a.rows;
    const slices = [{ slice: SLICE, rows, metrics }];
    const compared = comparison(pairs, { slices: [{ slice: SLICE, rows, metrics: pairs }] });
    const history = new History();
    if (numbers.live) history.promote(1);
    return promotion({
      manifest: manifest(2, { evaluation: evaluation(metrics, { slices }) }),
      record: history.record,
      tries: numbers.tries,
      comparisons: numbers.live ? [compared] : [{ stage: "production", predictions: "none", rows: 0, metrics: {} }],
    });
  });

const tighten = fc.record({ by: step, rows: fc.integer({ min: 0, max: 10 }), confidence: fc.boolean(), more: gates });

function tightened(asked: Gate, how: { by: number; rows: number; confidence: boolean }): Gate {
  const harder = { ...asked };
  if (harder["at-least"] !== undefined) harder["at-least"] += how.by;
  if (harder["at-most"] !== undefined) harder["at-most"] -= how.by;
  if (harder["max-regression"] !== undefined) harder["max-regression"] = Math.max(0, harder["max-regression"] - how.by);
  if (harder["min-improvement"] !== undefined) harder["min-improvement"] += how.by;
  harder["min-rows"] = minRows(asked) + how.rows;
  if (how.confidence) harder.confidence = 0.95;
  return harder;
}

it("never turns a refusal into a promotion when a gate is tightened", () => {
  let promotions = 0;
  fc.assert(
    fc.property(world, gates, tighten, (input, asked, how) => {
      const harder = [...asked.map(({ gate, origin }) => ({ gate: tightened(gate, how), origin })), ...how.more];
      const after = decidePromotion({ ...input, gates: harder }).outcome;
      if (after !== "promoted") return;
      promotions++;
      expect(decidePromotion({ ...input, gates: asked }).outcome).toBe("promoted");
    }),
    { numRuns: 2000, seed: 1 },
  );
  expect(promotions).toBeGreaterThan(50);
});

it("decides the same whatever the order of the gates", () => {
  fc.assert(
    fc.property(world, gates, (input, asked) => {
      const turned = decidePromotion({ ...input, gates: asked.toReversed() });
      expect(turned.outcome).toBe(decidePromotion({ ...input, gates: asked }).outcome);
    }),
  );
});

it("promotes only where every gate passes: inconclusive never does", () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(world, gates, (input, asked) => {
      const result = decidePromotion({ ...input, gates: asked });
      if (!("decision" in result)) throw new Error("nothing was decided");
      const verdicts = result.decision.gates.map(({ verdict }) => verdict);
      for (const verdict of verdicts) seen.add(verdict);
      expect(result.outcome === "promoted").toBe(verdicts.every((verdict) => verdict === "pass"));
    }),
    { numRuns: 500, seed: 1 },
  );
  expect([...seen].sort()).toEqual(["fail", "inconclusive", "pass"]);
});

it("registers only where every gate passes", () => {
  fc.assert(
    fc.property(world, gates, (input, asked) => {
      const { evaluation } = input.manifest;
      const decision = decideRegistration({ evaluation, gates: asked, tries: input.tries, violations: [] });
      expect(decision.outcome === "register").toBe(decision.results.every(({ verdict }) => verdict === "pass"));
    }),
  );
});

it("decides byte for byte the same in a preview and in the act", () => {
  fc.assert(
    fc.property(world, gates, (input, asked) => {
      const preview = canonicalJson(decidePromotion({ ...input, gates: asked }));
      const loadedAgain = structuredClone({ ...input, gates: asked });
      expect(canonicalJson(decidePromotion(loadedAgain))).toBe(preview);
    }),
  );
});

it("leaves its input alone", () => {
  fc.assert(
    fc.property(world, gates, (input, asked) => {
      const before = structuredClone({ ...input, gates: asked });
      decidePromotion({ ...input, gates: asked });
      expect({ ...input, gates: asked }).toEqual(before);
    }),
  );
});

it("behaves as a stack under any row of promotions and rollbacks", () => {
  const act = fc.oneof(
    fc.integer({ min: 1, max: 4 }).map((version) => ({ promote: version })),
    fc.constant({ promote: undefined }),
  );
  fc.assert(
    fc.property(fc.array(act, { maxLength: 20 }), (acts) => {
      const history = new History();
      const stack: number[] = [];
      for (const { promote } of acts) {
        if (promote === undefined) {
          if (stack.length > 1) stack.pop();
          history.rollback();
        } else {
          if (stack.at(-1) !== promote) stack.push(promote);
          history.promote(promote);
        }
        expect(history.live()).toBe(stack.at(-1));
      }
      const assignments = history.decisions.map(({ assignment }) => assignment);
      expect(assignments).toEqual(assignments.map((_, index) => index + 1));
      expect(new Set(history.decisions.map(({ id }) => id)).size).toBe(history.decisions.length);
    }),
    { numRuns: 300 },
  );
});
