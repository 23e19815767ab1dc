import { expect, test } from "vitest";
import { closedWindows, isAligned, windowAt, windowLength } from "../../core/drift/windows.ts";

const DAY = 86_400_000;

test("a window is a day where the spec says nothing", () => {
  expect(windowLength(undefined)).toBe(DAY);
});

test("the spec says how long a window is", () => {
  expect(windowLength({ window: "6h" })).toBe(DAY / 4);
});

test("a day's window begins at midnight in UTC", () => {
  expect(windowAt("2026-03-14T15:09:26.535Z", DAY)).toEqual({
    from: "2026-03-14T00:00:00.000Z",
    to: "2026-03-15T00:00:00.000Z",
  });
});

test("the end of a window is in the next one", () => {
  expect(windowAt("2026-03-15T00:00:00.000Z", DAY).from).toBe("2026-03-15T00:00:00.000Z");
});

test("a window of 28 days is counted from 1970", () => {
  const { from } = windowAt("2026-03-14T00:00:00.000Z", 28 * DAY);

  expect(Date.parse(from) % (28 * DAY)).toBe(0);
});

test("a moment before 1970 has a window too", () => {
  expect(windowAt("1969-12-31T23:00:00.000Z", DAY).from).toBe("1969-12-31T00:00:00.000Z");
});

test("the window that is under way is not looked at", () => {
  const windows = closedWindows("2026-03-12T10:00:00.000Z", "2026-03-14T09:00:00.000Z", DAY);

  expect(windows.map(({ from }) => from)).toEqual(["2026-03-12T00:00:00.000Z", "2026-03-13T00:00:00.000Z"]);
});

test("a window is over at the moment of its end", () => {
  const windows = closedWindows("2026-03-13T00:00:00.000Z", "2026-03-14T00:00:00.000Z", DAY);

  expect(windows).toHaveLength(1);
});

test("a clock that went back has no closed window", () => {
  expect(closedWindows("2026-03-14T00:00:00.000Z", "2026-03-01T00:00:00.000Z", DAY)).toEqual([]);
});

test("of too many windows the newest are looked at", () => {
  const windows = closedWindows("1980-01-01T00:00:00.000Z", "2026-03-14T00:00:00.000Z", DAY, 2);

  expect(windows.map(({ from }) => from)).toEqual(["2026-03-12T00:00:00.000Z", "2026-03-13T00:00:00.000Z"]);
});

test.each([
  ["2026-03-14T00:00:00.000Z", "2026-03-15T00:00:00.000Z", true],
  ["2026-03-14T01:00:00.000Z", "2026-03-15T01:00:00.000Z", false],
  ["2026-03-15T00:00:00.000Z", "2026-03-14T00:00:00.000Z", false],
])("whether the window from %s to %s is aligned: %s", (from, to, aligned) => {
  expect(isAligned({ from, to })).toBe(aligned);
});
