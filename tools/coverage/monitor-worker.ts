// Simulates months of one world, or runs of labels for a bar, for each message, in a process of its own.
import { BAR_WORLDS, type BarWorld, simulateBars } from "./monitor-bars.ts";
import { simulateMonths } from "./monitor-month.ts";
import { MONITOR_WORLDS, type MonitorWorld } from "./monitor-worlds.ts";

export type MonitorTask = { size: number; times: number; seed: number } & ({ world: number } | { bar: number });

process.on("message", (task: MonitorTask) => {
  const { size, times, seed } = task;
  process.send?.(
    "world" in task
      ? simulateMonths(MONITOR_WORLDS[task.world] as MonitorWorld, size, times, seed)
      : simulateBars(BAR_WORLDS[task.bar] as BarWorld, size, times, seed),
  );
});
