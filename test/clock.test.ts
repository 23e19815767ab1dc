import { expect, it } from "vitest";
import { strictlyAfter, timestamp } from "../core/clock.ts";

it("keeps the moment where it is later than the last one", () => {
  expect(strictlyAfter(new Date("2026-01-01T10:00:05.900Z"), "2026-01-01T10:00:04Z")).toBe("2026-01-01T10:00:05Z");
});

it("moves a second past the last one where the clock stands still or runs backwards", () => {
  expect(strictlyAfter(new Date("2025-01-01T00:00:00Z"), "2026-01-01T10:00:04Z")).toBe("2026-01-01T10:00:05Z");
});

it("moves past the latest of several, and none where nothing came before", () => {
  const last = ["2026-01-01T10:00:04Z", undefined, "2026-01-01T10:00:09Z"];
  expect(strictlyAfter("2026-01-01T10:00:05Z", ...last)).toBe("2026-01-01T10:00:10Z");
  expect(strictlyAfter("2026-01-01T10:00:05Z", undefined)).toBe("2026-01-01T10:00:05Z");
});

it("rounds down to the second", () => {
  expect(timestamp(new Date("2026-01-01T10:00:05.999Z"))).toBe("2026-01-01T10:00:05Z");
});
