import { expect, it } from "vitest";
import { formatMonitoringPath, type MonitoringPath, parseMonitoringPath } from "../../core/monitoring/paths.ts";

const FROM = "2026-11-29T00:00:00.000Z";

it.each<[MonitoringPath, string]>([
  [{ kind: "window", model: "penguins", version: 3, from: FROM }, "models/f9/penguins/windows/3/20261129T000000Z.json"],
  [{ kind: "snooze", model: "penguins", id: "a".repeat(32) }, `models/f9/penguins/snoozes/${"a".repeat(32)}.json`],
  [{ kind: "alarm", model: "penguins" }, "models/f9/penguins/ALARM.md"],
])("%o is %s, there and back", (at, path) => {
  expect(formatMonitoringPath(at)).toBe(path);
  expect(parseMonitoringPath(path)).toEqual(at);
});

it.each([
  "models/00/penguins/windows/3/20261129T000000Z.json",
  "models/f9/penguins/windows/03/20261129T000000Z.json",
  "models/f9/penguins/windows/3/20260230T000000Z.json",
  "models/f9/penguins/windows/3/20261129T240000Z.json",
  "models/f9/penguins/windows/3/20261129T000000.500Z.json",
  "models/f9/penguins/windows/3/20261129T000000Z.jsonx",
  "models/f9/penguins/snoozes/A.json",
  "models/f9/penguins/alarm.md",
  "models/f9/penguins/ALARM.md/x",
  "README.md",
])("%s is no path of the branch", (path) => {
  expect(parseMonitoringPath(path)).toBeUndefined();
});
