import { betaQuantile } from "../../core/metrics/quantiles.ts";
import { BAR_WORLDS, type BarCell } from "./monitor-bars.ts";
import type { MonthCell } from "./monitor-month.ts";
import type { MonitorTask } from "./monitor-worker.ts";
import { MONITOR_WORLDS } from "./monitor-worlds.ts";
import { spread } from "./spread.ts";

const SIZES = [100, 300, 1_000] as const;
const LABELS = [25, 100] as const;
/** Of months without a change, and of runs at the bar: those that may alarm. */
const FALSE_ALARMS = 0.05;

/**
 * False alarms, and how soon a change is found: as Markdown to stdout, progress to stderr. Resolves with the exit code: 1 where a
 * promise does not hold.
 */
export async function showMonitor({
  quick,
  seed,
  jobs,
  json,
}: Record<"quick" | "json", boolean> & Record<"seed" | "jobs", number>): Promise<number> {
  const tasks = quick ? quickTasks(seed) : allTasks(seed);
  let ended = 0;
  const answers = await spread<MonitorTask, MonthCell | BarCell>("monitor-worker.ts", tasks, jobs, (task, seconds) => {
    ended += 1;
    const name = "world" in task ? MONITOR_WORLDS[task.world]?.name : BAR_WORLDS[task.bar]?.name;
    process.stderr.write(`${ended} of ${tasks.length}: ${name}, ${task.size} (${seconds.toFixed(1)} s)\n`);
  });
  const months = answers.filter((answer) => "world" in answer);
  const bars = answers.filter((answer) => "bar" in answer);
  process.stdout.write(
    json ? `${JSON.stringify({ seed, months, bars }, undefined, 2)}\n` : `${monthTable(months)}\n\n${barTable(bars)}\n`,
  );
  const broken = months.filter(isOften).length + bars.filter(isBarBroken).length;
  process.stderr.write(broken === 0 ? "Every promise holds.\n" : `${broken} promises do not hold.\n`);
  return broken === 0 ? 0 : 1;
}

function allTasks(seed: number): MonitorTask[] {
  return [
    ...MONITOR_WORLDS.flatMap(({ promised }, world) =>
      SIZES.map((size) => ({ world, size, times: promised ? 200 : 50, seed: seed + 10 * world + size })),
    ),
    ...BAR_WORLDS.flatMap((_world, bar) => LABELS.map((size) => ({ bar, size, times: 2_000, seed: seed + bar }))),
  ];
}

/** Ten months of a hundred rows a day are three hundred windows. */
function quickTasks(seed: number): MonitorTask[] {
  const worlds = MONITOR_WORLDS.map((world, at) => ({ ...world, at })).filter(({ quick }) => quick);
  return [
    ...worlds.flatMap(({ at: world }) => [100, 300].map((size) => ({ world, size, times: 10, seed: seed + size }))),
    ...BAR_WORLDS.flatMap((world, bar) =>
      world.promised === undefined ? [] : [{ bar, size: 25, times: 500, seed: seed + bar }],
    ),
  ];
}

/** Whether chance alone hardly explains that so many months without a change have an alarm. */
export function isOften({ promised, alarmed, months }: MonthCell): boolean {
  return promised && isOver(alarmed, months);
}

/** The same of runs at a bar; or that fewer than half of the drops are found by the first look at as many labels as are promised. */
export function isBarBroken({ promised, size, early, labels, runs }: BarCell): boolean {
  if (promised === undefined) return false;
  if (promised === "quiet") return isOver(early + labels.length, runs);
  const looked = Math.ceil(promised / size) * size;
  const late = runs - labels.filter((found) => found <= looked).length;
  return late > 0 && betaQuantile(0.01, late, runs - late + 1) > 0.5;
}

function isOver(found: number, of: number): boolean {
  return found > 0 && betaQuantile(0.01, found, of - found + 1) > FALSE_ALARMS;
}

/** A line a world: its sizes side by side. */
export function monthTable(cells: readonly MonthCell[]): string {
  const sizes = [...new Set(cells.map(({ size }) => size))].sort((a, b) => a - b);
  const lines = MONITOR_WORLDS.flatMap(({ name, changed }) => {
    const row = sizes.flatMap((size) => cells.find((cell) => cell.world === name && cell.size === size) ?? []);
    if (row.length === 0) return [];
    const over = row.some(isOften) ? " **over**" : "";
    const each = (of: (cell: MonthCell) => string) => row.map(of).join(" / ");
    const found = ({ found: windows, months }: MonthCell) =>
      windows.length === 0 ? "none" : `${percent(windows.length, months)} after ${median(windows, windows.length)}`;
    const columns = [
      name,
      each(({ badWindows, months }) => percent(badWindows, 30 * months)),
      `${each(({ alarmed, months }) => percent(alarmed, months))}${over}`,
      changed === undefined ? "" : each(found),
    ];
    return [`| ${columns.join(" | ")} |`];
  });
  const rows = sizes.map((size) => size.toLocaleString("en")).join(" / ");
  return table(
    [
      `50 columns, 30 days, ${rows} rows a day`,
      "days with a drifted test, %",
      "months with an alarm, %",
      "found, % after windows (median)",
    ],
    lines,
  );
}

export function barTable(cells: readonly BarCell[]): string {
  const sizes = [...new Set(cells.map(({ size }) => size))].sort((a, b) => a - b);
  const lines = BAR_WORLDS.flatMap(({ name, windows, after }) => {
    const row = sizes.flatMap((size) => cells.find((cell) => cell.bar === name && cell.size === size) ?? []);
    if (row.length === 0) return [];
    const over = row.some(isBarBroken) ? " **over**" : "";
    const each = (of: (cell: BarCell) => string) => row.map(of).join(" / ");
    const holds = after >= 0.9;
    const falsely = ({ early, labels, runs }: BarCell) => percent(early + (holds ? labels.length : 0), runs);
    const soon = ({ labels, runs, early }: BarCell) => String(median(labels, runs - early));
    const columns = [
      name,
      holds || windows > 0 ? `${each(falsely)}${holds ? over : ""}` : "",
      holds ? "" : `${each(soon)}${over}`,
    ];
    return [`| ${columns.join(" | ")} |`];
  });
  return table(
    [
      `accuracy, the bar being 0.90 at least, ${sizes.join(" / ")} labels a window`,
      "false alarms in 5,000 labels, %",
      "found after labels (median)",
    ],
    lines,
  );
}

function table(titles: readonly string[], lines: readonly string[]): string {
  return [`| ${titles.join(" | ")} |`, `|${" --- |".repeat(titles.length)}`, ...lines].join("\n");
}

/** Of `of` values, those that are missing being the largest. */
function median(values: readonly number[], of: number): number {
  return [...values].sort((a, b) => a - b)[Math.ceil(of / 2) - 1] ?? Number.POSITIVE_INFINITY;
}

function percent(count: number, of: number): string {
  const share = (100 * count) / of;
  return share.toFixed(share > 0 && share < 10 ? 1 : 0);
}
