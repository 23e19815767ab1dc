import { expect, it } from "vitest";
import { logWindows } from "../../core/monitoring/log-windows.ts";
import type { LogFile } from "../../core/serving/request-log/list-log.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const START = Date.parse("2026-03-01T00:00:00Z");

/** A file of the n-th hour; its content is told by its name. */
const file = (hour: number, key = `h${hour}`): LogFile => ({
  ...{ name: `h${hour}`, hour: START + hour * HOUR, key },
  copy: async () => undefined,
  locate: async () => undefined,
});

const at = (hour: number) => new Date(START + hour * HOUR).toISOString();
const windowsOf = (files: LogFile[], about: Partial<Parameters<typeof logWindows>[1]> = {}) =>
  logWindows(files, { since: at(-48), at: at(72), length: DAY, ...about });

it("a window has the files of its hours, and none that is not over", () => {
  const found = windowsOf([file(0), file(23), file(24), file(50)], { at: at(50) });
  expect(found.map(({ window, files }) => [window.from, files.map(({ name }) => name)])).toEqual([
    [at(0), ["h0", "h23"]],
    [at(24), ["h24"]],
  ]);
});

it("an hour that two windows share is read for both", () => {
  const found = windowsOf([file(1)], { length: 1.5 * HOUR });
  expect(found.map(({ window }) => window.from)).toEqual([at(0), at(1.5)]);
});

it("what is before the window of `since` is left out", () => {
  expect(windowsOf([file(0), file(30)], { since: at(30) }).map(({ window }) => window.from)).toEqual([at(24)]);
});

it("another file, or more rows in one that is not sent yet, is another digest", () => {
  const digests = [[file(0)], [file(0), file(1)], [file(0, "h0 200")]].map((files) => windowsOf(files)[0]?.digest);
  expect(new Set(digests).size).toBe(3);
});
