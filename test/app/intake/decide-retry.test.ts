import { expect, test } from "vitest";
import { decideRetry } from "../../../app/intake/decide-retry.ts";
import { SlipwayError } from "../../../core/errors.ts";

const NOW = Date.parse("2026-10-01T12:00:00Z");
const rules = { tries: 5, now: () => NOW, random: () => 0.5 };

function answer(status: number, headers: Record<string, string> = {}, message = "no") {
  return Object.assign(new Error(message), { status, response: { headers } });
}

test.each([
  ["GitHub's 502", answer(502)],
  ["a remote that could not be reached", new SlipwayError("REMOTE_FAILED", "no route")],
  ["a lost race", new SlipwayError("REGISTRY_MOVED", "moved")],
  [
    "a broken connection",
    Object.assign(new Error("fetch failed"), { cause: Object.assign(new Error(), { code: "ECONNRESET" }) }),
  ],
  ["one of several", new AggregateError([new Error("a bug"), answer(503)])],
  ["a time-out", new DOMException("late", "TimeoutError")],
])("%s is tried again, later each time, until the tries are used up", (_, error) => {
  const verdicts = [1, 2, 3, 4, 5].map((attempt) => decideRetry(error, attempt, rules));
  expect(verdicts.map((verdict) => (verdict.again ? verdict.after : "given up"))).toEqual([
    750,
    1500,
    3000,
    6000,
    "given up",
  ]);
});

test("the wait stops growing at a minute", () => {
  expect(decideRetry(answer(500), 12, { ...rules, tries: 20, random: () => 1 })).toMatchObject({ after: 60_000 });
});

test.each([
  ["a secondary limit that names its time", answer(403, { "retry-after": "30" }), 30_000],
  ["a secondary limit that names none", answer(403, {}, "You have exceeded a secondary rate limit"), 60_000],
  ["too many requests", answer(429), 60_000],
  [
    "a used-up quota",
    answer(403, { "x-ratelimit-remaining": "0", "x-ratelimit-reset": String(NOW / 1000 + 90) }),
    91_000,
  ],
  [
    "a quota that is back by now",
    answer(403, { "x-ratelimit-remaining": "0", "x-ratelimit-reset": String(NOW / 1000 - 5) }),
    1_000,
  ],
  ["an absurd wish", answer(429, { "retry-after": "999999" }), 65 * 60_000],
  [
    "one that caused a refusal",
    new SlipwayError("INTERNAL", "no", { cause: answer(429, { "retry-after": "2" }) }),
    2_000,
  ],
])("%s is waited for as long as GitHub says", (_, error, after) => {
  expect(decideRetry(error, 1, rules)).toEqual({ again: true, after, why: "rate-limit" });
});

test("a rate limit uses tries up as well", () => {
  expect(decideRetry(answer(429), 5, rules)).toMatchObject({ again: false });
});

test.each([
  new SlipwayError("SPEC_INVALID", "a spec"),
  new SlipwayError("REGISTRY_CORRUPT", "a record"),
  new SlipwayError("REGISTRY_FROM_FUTURE", "a commit"),
  new SlipwayError("INTERRUPTED", "stopped"),
])("what was given, or is broken for good, is not tried again: $code", (error) => {
  expect(decideRetry(error, 1, rules)).toEqual({ again: false, why: "final" });
});

test.each([
  ["a bug", new TypeError("undefined is not a function")],
  ["what GitHub does not know yet", answer(404)],
  ["a missing permission", answer(403)],
  ["not even an error", undefined],
])("%s gets one more attempt", (_, error) => {
  expect(decideRetry(error, 1, rules)).toMatchObject({ again: true });
  expect(decideRetry(error, 2, rules)).toEqual({ again: false, why: "unknown" });
});
