import fc from "fast-check";
import { expect, it } from "vitest";
import { routeOf } from "../../core/rollout/route.ts";

const DECISION = "0123456789abcdef".repeat(2);
const at = (share: number, decision = DECISION) => ({ decision, step: { share } });

it("lets the live version answer in a shadow step, and asks the new one beside it", () => {
  expect(routeOf({ decision: DECISION, step: { shadow: "1h" } }, "a")).toEqual({ answers: "stable", shadows: true });
});

it("lets the new version answer everybody at a share of 1", () => {
  fc.assert(fc.property(fc.string(), (key) => routeOf(at(1), key).answers === "candidate"));
});

it("keeps whom the new version answered at every greater share", () => {
  const share = fc.double({ min: 0.001, max: 0.999, noNaN: true });
  fc.assert(
    fc.property(fc.string(), share, share, (key, one, other) => {
      const [small, great] = [routeOf(at(Math.min(one, other)), key), routeOf(at(Math.max(one, other)), key)];
      return small.answers === "stable" || great.answers === "candidate";
    }),
  );
});

it.each([0.01, 0.1, 0.5])("takes about a share of %d of the keys", (share) => {
  const keys = Array.from({ length: 20_000 }, (_, key) => `user-${key}`);
  const taken = keys.filter((key) => routeOf(at(share), key).answers === "candidate").length / keys.length;
  expect(Math.abs(taken - share)).toBeLessThan(5 * Math.sqrt((share * (1 - share)) / keys.length));
});

it("takes others first in another rollout", () => {
  const keys = Array.from({ length: 1_000 }, (_, key) => `user-${key}`);
  const taken = (decision: string) => keys.filter((key) => routeOf(at(0.5, decision), key).answers === "candidate");
  const both = taken(DECISION).filter((key) => taken("f".repeat(32)).includes(key)).length;
  expect(both).toBeGreaterThan(150);
  expect(both).toBeLessThan(350);
});
