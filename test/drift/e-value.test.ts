import fc from "fast-check";
import { expect, test } from "vitest";
import { barEvidence } from "../../core/drift/e-value.ts";

const SURE = Math.log(20);
const BAR = { "at-least": 0.9 };

const window = fc
  .record({ rows: fc.integer({ min: 0, max: 400 }), share: fc.double({ min: 0, max: 1, noNaN: true }) })
  .map(({ rows, share }) => ({ rows, hits: Math.round(rows * share) }));
const placed = (windows: { rows: number; hits: number }[]) => windows.map((each, place) => ({ place, ...each }));

test("no labels are no evidence", () => {
  expect(barEvidence(BAR, [{ place: 0, rows: 0, hits: 0 }])[0]?.log).toBeCloseTo(0, 12);
});

test("rows at the bar are no sure evidence", () => {
  const [{ log } = { log: Number.NaN }] = barEvidence(BAR, [{ place: 0, rows: 5_000, hits: 4_500 }]);

  expect(log).toBeLessThan(SURE);
});

test("a drop of ten points is sure after 150 rows", () => {
  const [{ log } = { log: Number.NaN }] = barEvidence(BAR, [{ place: 0, rows: 150, hits: 120 }]);

  expect(log).toBeGreaterThan(SURE);
});

test("a drop after good windows is found, and its begin is told", () => {
  const good = Array.from({ length: 10 }, () => ({ rows: 100, hits: 93 }));
  const bad = Array.from({ length: 6 }, () => ({ rows: 100, hits: 80 }));

  const evidence = barEvidence(BAR, placed([...good, ...bad]));

  expect(evidence[9]?.log).toBeLessThan(SURE);
  expect(evidence[15]?.log).toBeGreaterThan(SURE);
  expect(evidence[15]?.since).toBe(10);
});

test("a bar from above mirrors one from below", () => {
  const [above] = barEvidence({ "at-most": 0.1 }, [{ place: 0, rows: 150, hits: 30 }]);
  const [below] = barEvidence(BAR, [{ place: 0, rows: 150, hits: 120 }]);

  expect(above?.log).toBeCloseTo(below?.log ?? 0, 9);
});

test("a bar that allows no failure is broken by the first", () => {
  const evidence = barEvidence(
    { "at-least": 1 },
    placed([
      { rows: 9, hits: 9 },
      { rows: 9, hits: 8 },
      { rows: 9, hits: 9 },
    ]),
  );

  expect(evidence.map(({ log }) => log)).toEqual([0, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]);
  expect(evidence[2]?.since).toBe(1);
});

test("a bar that allows every failure is never broken", () => {
  const [{ log } = { log: Number.NaN }] = barEvidence({ "at-least": 0 }, [{ place: 0, rows: 900, hits: 0 }]);

  expect(log).toBeCloseTo(0, 12);
});

test("windows whose labels have not come change nothing", () => {
  const labelled = [
    { place: 0, rows: 100, hits: 85 },
    { place: 4, rows: 100, hits: 85 },
  ];
  const between = [1, 2, 3].map((place) => ({ place, rows: 0, hits: 0 }));

  const [first, last] = labelled;

  expect(
    barEvidence(
      BAR,
      [first, ...between, last].flatMap((each) => each ?? []),
    ).at(-1)?.log,
  ).toBeCloseTo(barEvidence(BAR, labelled).at(-1)?.log ?? 0, 9);
});

test("on average, evidence does not grow at the bar: it is a bet", () => {
  // Over all outcomes of ten rows, weighted by their chances at the bar.
  const chances = Array.from({ length: 11 }, (_, hits) => choose(10, hits) * 0.9 ** hits * 0.1 ** (10 - hits));
  const mean = chances.reduce(
    (sum, chance, hits) => sum + chance * Math.exp(barEvidence(BAR, [{ place: 0, rows: 10, hits }])[0]?.log ?? 0),
    0,
  );

  expect(mean).toBeCloseTo(1, 9);
});

test("above the bar, evidence falls on average, whatever the bar", () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.02, max: 0.97, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (bar, up) => {
        const truth = bar + (1 - bar) * up;
        const mean = [0, 1].reduce((sum, hits) => {
          const [{ log } = { log: 0 }] = barEvidence({ "at-least": bar }, [{ place: 0, rows: 1, hits }]);
          return sum + (hits === 1 ? truth : 1 - truth) * Math.exp(log);
        }, 0);
        expect(mean).toBeLessThanOrEqual(1 + 1e-9);
      },
    ),
  );
});

test("one failure more is never less evidence", () => {
  fc.assert(
    fc.property(fc.array(window, { minLength: 1, maxLength: 12 }), fc.nat(), (windows, which) => {
      const at = which % windows.length;
      const worse = windows.map((each, n) => (n === at && each.hits > 0 ? { ...each, hits: each.hits - 1 } : each));
      const [before, after] = [windows, worse].map((each) => barEvidence(BAR, placed(each)).at(-1)?.log ?? 0);
      expect(after).toBeGreaterThanOrEqual((before ?? 0) - 1e-9);
    }),
  );
});

function choose(n: number, k: number): number {
  return k === 0 ? 1 : (choose(n, k - 1) * (n - k + 1)) / k;
}
