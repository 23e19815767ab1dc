import { expect, it } from "vitest";
import { strictlyAfter } from "../core/clock.ts";

it("keeps the moment where it is later than the last one", () => {
  expect(strictlyAfter(new Date("2026-01-01T10:00:05.900Z"), "2026-01-01T10:00:04Z")).toBe("2026-01-01T10:00:05Z");
});

it("moves a second past the last one where the clock stands still or runs backwards", () => {
  expect(strictlyAfter(new Date("2025-01-01T00:00:00Z"), "2026-01-01T10:00:04Z")).toBe("2026-01-01T10:00:05Z");
});
