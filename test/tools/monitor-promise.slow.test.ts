import { describe, expect, it } from "vitest";
import { BAR_WORLDS, type BarWorld, simulateBars } from "../../tools/coverage/monitor-bars.ts";
import { simulateMonths } from "../../tools/coverage/monitor-month.ts";
import { isBarBroken } from "../../tools/coverage/monitor-table.ts";
import { MONITOR_WORLDS, type MonitorWorld } from "../../tools/coverage/monitor-worlds.ts";

const world = (words: string) => MONITOR_WORLDS.find(({ name }) => name.includes(words)) as MonitorWorld;
const bar = (words: string) => BAR_WORLDS.find(({ name }) => name.includes(words)) as BarWorld;

describe("fifty columns, a hundred rows a day", () => {
  it("raises no alarm in three hundred windows of the same distribution", () => {
    expect(simulateMonths(world("nothing changed"), 100, 10, 7).alarmed).toBe(0);
  });

  it("raises none where columns go together", () => {
    expect(simulateMonths(world("correlated"), 100, 10, 7).alarmed).toBe(0);
  });

  it("finds a column that moved by a PSI of 0.25 in every month", () => {
    expect(simulateMonths(world("PSI 0.25"), 100, 10, 7).found).toHaveLength(10);
  });
});

it.each(BAR_WORLDS.filter(({ promised }) => promised !== undefined))("keeps its promise on labels: $name", (each) => {
  expect(isBarBroken(simulateBars(each, 25, 500, 7))).toBe(false);
});

it("finds a drop of five points after ten good windows, too", () => {
  const { labels, early, runs } = simulateBars(bar("ten windows, then 0.85"), 25, 100, 7);
  expect(labels.length + early).toBe(runs);
});
