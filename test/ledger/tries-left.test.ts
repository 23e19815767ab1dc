import fc from "fast-check";
import { expect, it } from "vitest";
import { isSpent } from "../../core/gates/asked-level.ts";
import { chargeTries, type TryMade } from "../../core/ledger/charge.ts";
import { triesLeft } from "../../core/ledger/tries-left.ts";
import type { AskedGate } from "../../schemas/gate.ts";
import { digest } from "../registry/builders.ts";

it("is how many more tries all gates are answered in, whatever confidences they have", () => {
  const confidences = fc.uniqueArray(fc.constantFrom(0.8, 0.9, 0.95, 0.99), { minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(confidences, fc.constantFrom(1, 5, 20), fc.integer({ min: 0, max: 8 }), (asked, budget, earlier) => {
      const gates = asked.map((confidence): AskedGate => {
        return { gate: { metric: "auc", "at-least": 0.9, confidence }, origin: "spec" };
      });
      const recorded: TryMade[] = [];
      const spend = (candidate: number) => {
        const about = { test: digest(1), candidate: digest(candidate), live: [], measured: {} };
        const { terms, fresh } = chargeTries({ ...about, gates, budget }, recorded);
        recorded.push(...fresh);
        return terms.every((each) => asked.every((confidence) => !isSpent(confidence, each)));
      };
      for (let candidate = 0; candidate < earlier; candidate += 1) spend(candidate);
      const left = triesLeft(asked, budget, recorded);
      const answered = Array.from({ length: left + 1 }, (_, at) => spend(100 + at));
      expect(answered).toEqual([...Array.from({ length: left }, () => true), false]);
    }),
  );
});
