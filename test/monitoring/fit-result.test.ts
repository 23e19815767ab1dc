import { expect, it } from "vitest";
import { fitResult } from "../../core/monitoring/fit-result.ts";
import type { MonitorResult } from "../../schemas/monitoring.ts";
import { windowRecord } from "../drift/records.ts";

const day = (n: number) => ({ from: `2026-11-0${n}T00:00:00.000Z`, to: `2026-11-0${n + 1}T00:00:00.000Z` });
const windows = [3, 1, 2].map((n) => windowRecord({ window: day(n) }));
const result: MonitorResult = {
  ...{ slipway: 1, at: "2026-11-29T00:00:00.000Z", windows, unchanged: 4, left: 1 },
  ...{ moved: [], problems: [], notes: [] },
};
const bytes = Buffer.byteLength(JSON.stringify(windows[0]));

it("leaves a result as it is that fits", () => {
  expect(fitResult(result)).toEqual({ ...result, windows: [1, 2, 3].map((n) => windowRecord({ window: day(n) })) });
});

it("leaves the newest windows to the next run where all would be too much, and counts them", () => {
  const { windows, left } = fitResult(result, 2 * bytes + 10);
  expect(windows.map(({ window }) => window)).toEqual([day(1), day(2)]);
  expect(left).toBe(2);
});
