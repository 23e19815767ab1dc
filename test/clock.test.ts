import { expect, it } from "vitest";
import { taggerTime, timestamp, toSecond } from "../core/clock.ts";

it("keeps a record's moment to the millisecond", () => {
  expect(timestamp(new Date("2026-01-01T10:00:05.999Z"))).toBe("2026-01-01T10:00:05.999Z");
});

it("gives a tag the second of its record where that is later than the last tag", () => {
  expect(taggerTime("2026-01-01T10:00:05.900Z", "2026-01-01T10:00:04Z")).toBe("2026-01-01T10:00:05Z");
});

it("gives a tag the second after the last one where the clock stands still or runs backwards", () => {
  expect(taggerTime("2026-01-01T10:00:04.999Z", "2026-01-01T10:00:04Z")).toBe("2026-01-01T10:00:05Z");
  expect(taggerTime("2025-01-01T00:00:00.000Z", "2026-01-01T10:00:04Z")).toBe("2026-01-01T10:00:05Z");
});

it("moves a tag past the latest of several, and past none where nothing came before", () => {
  const last = ["2026-01-01T10:00:04Z", undefined, "2026-01-01T10:00:09Z"];
  expect(taggerTime("2026-01-01T10:00:05.000Z", ...last)).toBe("2026-01-01T10:00:10Z");
  expect(taggerTime("2026-01-01T10:00:05.001Z", undefined)).toBe("2026-01-01T10:00:05Z");
});

it("rounds down to the second", () => {
  expect(toSecond("2026-01-01T10:00:05.999Z")).toBe("2026-01-01T10:00:05Z");
});
