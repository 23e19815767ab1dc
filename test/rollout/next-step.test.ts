import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { figuresOf, NO_FIGURES, sumFigures } from "../../core/rollout/figures.ts";
import { nextStep, type Observed } from "../../core/rollout/next-step.ts";
import type { AbortRule, RolloutFigures, RolloutPlan, RolloutState } from "../../schemas/rollout.ts";

const SINCE = "2026-03-01T09:00:00.000Z";
const minute = (minutes: number) => new Date(Date.parse(SINCE) + minutes * 60_000).toISOString();
const rule = (metric: AbortRule["metric"], atMost: number): AbortRule => ({
  metric,
  "at-most": atMost,
  "min-requests": 100,
});
const plan = (...abort: AbortRule[]): RolloutPlan => ({
  steps: [{ shadow: "1h" }, { share: 0.1, for: "30m" }, { share: 1 }],
  abort,
});
const RULES = plan(rule("error_rate", 0.02), rule("latency_p99_ms", 300), rule("disagreement", 0.2));
const first: Pick<RolloutState, "step" | "since" | "paused"> = { step: 0, since: SINCE };
const second = { ...first, step: 1 };

const requests = (count: number, about: { errors?: number; ms?: number; disagreed?: number } = {}): RolloutFigures => ({
  ...sumFigures(
    Array.from({ length: count }, (_, at) => figuresOf({ ms: about.ms ?? 5, failed: at < (about.errors ?? 0) })),
  ),
  compared: count,
  disagreed: about.disagreed ?? 0,
});
const seen = (figures: RolloutFigures, until = 60): Observed => ({ figures, until: minute(until) });

describe("a step", () => {
  it.each<[string, Parameters<typeof nextStep>, { act: string; reason?: RegExp; step?: number }]>([
    ["waits for its end", [RULES, first, seen(requests(500)), minute(59)], { act: "wait", reason: /ends at .*10:00/ }],
    ["advances at its end", [RULES, first, seen(requests(500)), minute(60)], { act: "advance", step: 1 }],
    ["completes before the last one", [RULES, second, seen(requests(500)), minute(60)], { act: "complete", step: 2 }],
    [
      "waits a little for a report",
      [RULES, first, undefined, minute(69)],
      { act: "wait", reason: /nothing is counted/ },
    ],
    ["pauses without a report", [RULES, first, undefined, minute(70)], { act: "pause", reason: /nothing is counted/ }],
    [
      "pauses on an old report",
      [RULES, first, seen(requests(500), 59), minute(70)],
      { act: "pause", reason: /reach up to/ },
    ],
    [
      "pauses on too few requests",
      [RULES, first, seen(requests(99)), minute(60)],
      { act: "pause", reason: /error_rate needs 100 requests, and there are 99/ },
    ],
    [
      "pauses if nobody was asked",
      [plan(), first, seen(NO_FIGURES), minute(60)],
      { act: "pause", reason: /no request/ },
    ],
    ["advances without rules", [plan(), first, seen(requests(1)), minute(60)], { act: "advance" }],
    [
      "aborts on errors",
      [RULES, first, seen(requests(100, { errors: 3 }), 1), minute(1)],
      { act: "abort", reason: /error_rate is 0.03 over 100 requests, and may be 0.02/ },
    ],
    ["bears what is allowed", [RULES, first, seen(requests(100, { errors: 2 })), minute(60)], { act: "advance" }],
    [
      "aborts on latency",
      [RULES, first, seen(requests(100, { ms: 400 }), 1), minute(1)],
      { act: "abort", reason: /latency_p99_ms/ },
    ],
    [
      "aborts on disagreement",
      [RULES, first, seen(requests(100, { disagreed: 21 }), 1), minute(1)],
      { act: "abort", reason: /disagreement is 0.21/ },
    ],
    [
      "asks of disagreement in shadow steps alone",
      [RULES, second, seen({ ...requests(500), compared: 0 }), minute(60)],
      { act: "complete" },
    ],
    [
      "pauses if no row was compared",
      [RULES, first, seen({ ...requests(500), compared: 0 }), minute(60)],
      { act: "pause", reason: /disagreement/ },
    ],
    [
      "aborts on no rule that has too few requests",
      [RULES, first, seen(requests(99, { errors: 99 }), 1), minute(1)],
      { act: "wait" },
    ],
  ])("%s", (_, given, { reason, ...expected }) => {
    const next = nextStep(...given);
    expect(next).toMatchObject(expected);
    if (reason !== undefined) expect(next.reason).toMatch(reason);
  });

  it("that figures paused goes on with enough of them, and pauses no second time", () => {
    const paused = { ...first, paused: { by: "figures" as const, at: minute(70) } };
    expect(nextStep(RULES, paused, undefined, minute(90)).act).toBe("wait");
    expect(nextStep(RULES, paused, seen(requests(500), 80), minute(90)).act).toBe("advance");
  });

  it("that a person paused goes nowhere, but ends if a rule is broken", () => {
    const paused = { ...first, paused: { by: "person" as const, at: minute(1) } };
    expect(nextStep(RULES, paused, seen(requests(500), 80), minute(90)).act).toBe("wait");
    expect(nextStep(RULES, paused, seen(requests(500, { errors: 500 })), minute(90)).act).toBe("abort");
  });
});

it("advances on nothing but figures that every rule that applies bears, after its time", () => {
  const count = fc.nat(400);
  fc.assert(
    fc.property(count, count, count, fc.nat(1_000), fc.nat(200), fc.nat(1), (all, errors, disagreed, ms, now, step) => {
      const figures = requests(all, { errors: Math.min(all, errors), ms, disagreed: Math.min(all, disagreed) });
      const next = nextStep(RULES, { ...first, step }, seen(figures, now), minute(now));
      if (next.act !== "advance" && next.act !== "complete") return;
      expect(now).toBeGreaterThanOrEqual(step === 0 ? 60 : 30);
      expect(all).toBeGreaterThanOrEqual(100);
      expect(figures.errors / all).toBeLessThanOrEqual(0.02);
      if (step === 0) expect(figures.disagreed / all).toBeLessThanOrEqual(0.2);
      expect(next.step).toBe(step + 1);
    }),
  );
});
