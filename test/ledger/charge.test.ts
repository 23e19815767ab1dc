import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isSpent } from "../../core/gates/asked-level.ts";
import { type Asking, chargeTries, type TryMade } from "../../core/ledger/charge.ts";
import type { AskedGate } from "../../schemas/gate.ts";
import { digest } from "../registry/builders.ts";

const TEST = digest(1);
const MEASURED = { accuracy: digest(500) };
const plain: AskedGate = { gate: { metric: "accuracy", "at-least": 0.9 }, origin: "spec" };
const confident: AskedGate = { gate: { ...plain.gate, confidence: 0.95 }, origin: "spec" };
const versus = (stage: string): AskedGate => ({
  gate: { metric: "accuracy", versus: stage, "max-regression": 0.01, confidence: 0.95 },
  origin: "spec",
});

function asking(candidate: number, about: Partial<Asking> = {}): Asking {
  return {
    test: TEST,
    candidate: digest(candidate),
    gates: [confident],
    measured: MEASURED,
    live: [],
    budget: 20,
    ...about,
  };
}

/** Candidates one after another, each on what the ones before have spent. */
function spend(askings: readonly Asking[], before: readonly TryMade[] = []): TryMade[] {
  const recorded = [...before];
  for (const each of askings) recorded.push(...chargeTries(each, recorded).fresh);
  return recorded;
}

function many(count: number, about: Partial<Asking> = {}): Asking[] {
  return Array.from({ length: count }, (_, at) => asking(1_000 + at, about));
}

/** Whether a gate at 95 % gets an answer. */
function isAnswered(asked: Asking, recorded: readonly TryMade[]): boolean {
  return chargeTries(asked, recorded).terms.every((terms) => !isSpent(0.95, terms));
}

describe("a try", () => {
  it("costs its share of what the confidence leaves", () => {
    expect(chargeTries(asking(1), []).fresh).toMatchObject([{ budget: 20, before: 0, price: 0.0025, level: 0.0025 }]);
  });

  it("costs all that the confidence leaves where there is no budget", () => {
    expect(chargeTries(asking(1, { budget: 0 }), []).fresh).toMatchObject([{ price: 0.05, level: 0.05 }]);
  });

  it("costs nothing where no gate has a confidence, and is one all the same", () => {
    expect(chargeTries(asking(1, { gates: [plain] }), []).fresh).toMatchObject([{ before: 0, price: 0, level: 0 }]);
  });

  it("costs what its most expensive gate does", () => {
    const looser: AskedGate = { gate: { ...plain.gate, confidence: 0.8 }, origin: "policy" };
    expect(chargeTries(asking(1, { gates: [confident, looser] }), []).fresh).toMatchObject([{ price: 0.01 }]);
  });

  it("is free again for the same gates, or for fewer", () => {
    const recorded = spend([asking(1, { gates: [plain, confident] })]);
    const { terms, fresh } = chargeTries(asking(1, { gates: [confident] }), recorded);
    expect(fresh).toEqual([]);
    expect(terms).toEqual([{ id: recorded[0]?.id, budget: 20, before: 0, level: 0.0025 }]);
  });

  it("is another one with a gate more", () => {
    const recorded = spend([asking(1)]);
    expect(chargeTries(asking(1, { gates: [confident, plain] }), recorded).fresh).toHaveLength(1);
  });

  it("is the same whoever asks the gate", () => {
    const recorded = spend([asking(1)]);
    expect(chargeTries(asking(1, { gates: [{ ...confident, origin: "policy" }] }), recorded).fresh).toEqual([]);
  });

  it("is another one of the same predictions by a metric that means something else now", () => {
    const recorded = spend([asking(1)]);
    const redefined = asking(1, { measured: { accuracy: digest(501) } });
    expect(chargeTries(redefined, recorded).fresh).toMatchObject([{ before: 0.0025 }]);
  });

  it("does not mind what metrics mean that no gate asks for", () => {
    const recorded = spend([asking(1, { measured: { ...MEASURED, f1: digest(501) } })]);
    expect(chargeTries(asking(1, { measured: { ...MEASURED, f1: digest(502) } }), recorded).fresh).toEqual([]);
  });

  it("is another one on other rows", () => {
    const recorded = spend([asking(1)]);
    expect(chargeTries(asking(1, { test: digest(2) }), recorded).fresh).toMatchObject([{ before: 0.0025 }]);
  });

  it("keeps its own budget, whatever the policy says later", () => {
    const recorded = spend([asking(1)]);
    expect(chargeTries(asking(1, { budget: 1_000 }), recorded).terms).toMatchObject([{ budget: 20 }]);
  });
});

describe("a candidate that meets versions", () => {
  const gates = [confident, versus("staging"), versus("production")];
  const live = (stage: string, version: number, predictions = version) => ({
    ...{ stage, version, predictions: digest(predictions) },
  });

  it("spends a try for each of them", () => {
    const { fresh, terms } = chargeTries(asking(1, { gates, live: [live("staging", 7), live("production", 5)] }), []);
    expect(fresh.map((made) => made.live?.version).sort()).toEqual([5, 7]);
    expect(terms.map(({ before }) => before)).toEqual([0, 0.0025]);
  });

  it("spends one for a version that is in two stages", () => {
    const { fresh } = chargeTries(asking(1, { gates, live: [live("staging", 7), live("production", 7)] }), []);
    expect(fresh).toMatchObject([{ live: { version: 7 } }]);
    expect(fresh[0]?.gates).toHaveLength(3);
  });

  it("spends one for versions that predict the same", () => {
    const { fresh } = chargeTries(asking(1, { gates, live: [live("staging", 7, 5), live("production", 5)] }), []);
    expect(fresh).toMatchObject([{ live: { version: 5 } }]);
  });

  it("spends none for a version that no gate names", () => {
    const { fresh } = chargeTries(asking(1, { live: [live("production", 5)] }), []);
    expect(fresh.map((made) => made.live)).toEqual([undefined]);
  });

  it("spends another one once another version is live", () => {
    const recorded = spend([asking(1, { gates, live: [live("production", 5)] })]);
    expect(chargeTries(asking(1, { gates, live: [live("production", 6)] }), recorded).fresh).toHaveLength(1);
  });

  it("spends none for gates that compare nothing, if they were answered with a version beside them", () => {
    const recorded = spend([asking(1, { gates, live: [live("production", 5)] })]);
    expect(chargeTries(asking(1), recorded).fresh).toEqual([]);
  });
});

describe("a budget", () => {
  it("is spent after as many tries as it has", () => {
    expect(isAnswered(asking(1), spend(many(19)))).toBe(true);
    expect(isAnswered(asking(1), spend(many(20)))).toBe(false);
  });

  it("is spent by candidates that asked without a confidence: the best of fifty costs fifty", () => {
    const recorded = spend(many(50, { gates: [plain] }));
    const best = { ...asking(1_000), gates: [plain, confident] };
    expect(chargeTries(best, recorded).fresh).toMatchObject([{ before: 0.125, level: 0 }]);
  });

  it("is spent by candidates that asked more strictly", () => {
    const strict: AskedGate = { gate: { ...plain.gate, confidence: 0.999 }, origin: "spec" };
    expect(isAnswered(asking(1), spend(many(50, { gates: [strict] })))).toBe(false);
  });

  it.each([1, 5, 40, 10_000])("that is spent is not opened again by `tries: %d`", (budget) => {
    expect(isAnswered(asking(1, { budget }), spend(many(20)))).toBe(false);
  });

  it("is not answered by what was asked without one", () => {
    const recorded = spend(many(50, { budget: 0 }));
    expect(chargeTries(asking(1_000, { budget: 0 }), recorded).fresh).toEqual([]);
    expect(isAnswered(asking(1_000), recorded)).toBe(false);
  });

  it("counts what was spent without one", () => {
    expect(isAnswered(asking(1), spend(many(1, { budget: 0 })))).toBe(false);
  });

  it("has no more spent than there is, however many try", () => {
    const spent = spend(many(60)).reduce((sum, { level }) => sum + level, 0);
    expect(spent).toBeCloseTo(0.05, 12);
  });
});

describe("whatever is asked of a test set", () => {
  const anyGate = fc.record({
    least: fc.constantFrom(0.8, 0.9),
    confidence: fc.option(fc.constantFrom(0.8, 0.9, 0.95, 0.99), { nil: undefined }),
    stage: fc.option(fc.constantFrom("staging", "production"), { nil: undefined }),
  });
  const anyAsking = fc
    .record({
      candidate: fc.integer({ min: 1, max: 12 }),
      gates: fc.array(anyGate, { maxLength: 4 }),
      staging: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
      production: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
      budget: fc.constantFrom(1, 2, 5, 20, 40),
    })
    .map(({ candidate, gates, budget, ...stages }) =>
      asking(candidate, {
        budget,
        gates: gates.map(({ least, confidence, stage }): AskedGate => {
          const asked = confidence === undefined ? {} : { confidence };
          if (stage === undefined) return { gate: { metric: "auc", "at-least": least, ...asked }, origin: "spec" };
          return { gate: { metric: "auc", versus: stage, "max-regression": 0, ...asked }, origin: "spec" };
        }),
        live: Object.entries(stages).flatMap(([stage, version]) =>
          version === undefined ? [] : [{ stage, version, predictions: digest(100 + version) }],
        ),
      }),
    );
  const anyHistory = fc.array(anyAsking, { maxLength: 25 });

  it("more tries never leave more", () => {
    fc.assert(
      fc.property(anyHistory, anyHistory, fc.constantFrom(1, 5, 20, 40), (history, more, budget) => {
        const newcomer = asking(99, { budget });
        const recorded = spend(history);
        const [without] = chargeTries(newcomer, recorded).terms;
        const [after] = chargeTries(newcomer, spend(more, recorded)).terms;
        expect(after?.before).toBeGreaterThanOrEqual(without?.before as number);
        expect(after?.level).toBeLessThanOrEqual(without?.level as number);
      }),
    );
  });

  it("a set whose budget is used up is not opened by another number of tries", () => {
    const anyBudget = fc.integer({ min: 1, max: 10_000 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), anyBudget, anyBudget, (from, to, more) => {
        const recorded = spend([...many(from, { budget: from }), ...many(more % 30, { budget: to })]);
        expect(isAnswered(asking(99, { budget: to }), recorded)).toBe(false);
      }),
    );
  });

  it("the order of the records makes no difference", () => {
    fc.assert(
      fc.property(anyHistory, anyAsking, fc.infiniteStream(fc.nat()), (history, next, random) => {
        const recorded = spend(history);
        const shuffled = recorded
          .map((made) => ({ made, at: random.next().value as number }))
          .sort((a, b) => a.at - b.at)
          .map(({ made }) => made);
        expect(chargeTries(next, shuffled)).toEqual(chargeTries(next, recorded));
      }),
    );
  });

  it("the same twice is once", () => {
    fc.assert(
      fc.property(anyHistory, anyAsking, (history, next) => {
        const recorded = spend([...history, next]);
        expect(chargeTries(next, recorded).fresh).toEqual([]);
      }),
    );
  });

  it("levels never add up to more than the largest budget", () => {
    fc.assert(
      fc.property(anyHistory, (history) => {
        const recorded = spend(history);
        const most = Math.max(0, ...recorded.map(({ price, budget }) => price * budget));
        const spent = recorded.reduce((sum, { level }) => sum + level, 0);
        expect(spent).toBeLessThanOrEqual(most * (1 + 1e-9));
      }),
    );
  });
});
