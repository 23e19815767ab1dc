import { monitorState } from "../../core/drift/alarms.ts";
import { driftTests } from "../../core/drift/drift-tests.ts";
import { windowAt } from "../../core/drift/windows.ts";
import type { WindowRecord } from "../../schemas/monitoring.ts";
import { countChance, countValues, drawNormals, fiftyColumns, type SimulatedColumn } from "./monitor-columns.ts";
import type { MonitorWorld } from "./monitor-worlds.ts";
import { type RandomNumbers, randomNumbers } from "./random-numbers.ts";

const DAYS = 30;
const DAY = 24 * 60 * 60 * 1_000;
const REFERENCE_ROWS = 10_000;

/** Months of one world, with so many rows a day. */
export interface MonthCell {
  world: string;
  promised: boolean;
  size: number;
  months: number;
  /** Windows in which some test says drifted, of `months` × 30. */
  badWindows: number;
  /** Months in which the model was alarmed on some day. */
  alarmed: number;
  /** Of a world in which a column changes: windows from the change to its alarm, one a month that found it. */
  found: number[];
}

/** Months through Slipway's own tests and alarms, from counts as a look makes them. The same seed gives the same months. */
export function simulateMonths(world: MonitorWorld, size: number, months: number, seed: number): MonthCell {
  const cell: MonthCell = {
    world: world.name,
    promised: world.promised,
    size,
    months,
    badWindows: 0,
    alarmed: 0,
    found: [],
  };
  const random = randomNumbers(seed);
  for (let month = 0; month < months; month++) {
    const columns = fiftyColumns(random, REFERENCE_ROWS);
    const features = {
      slipway: 1 as const,
      rows: REFERENCE_ROWS,
      columns: Object.fromEntries(columns.map(({ name, profile }) => [name, profile])),
    };
    const windows: WindowRecord[] = [];
    let isAlarmed = false;
    let foundOn: number | undefined;
    for (let day = 0; day < DAYS; day++) {
      const current = { columns: drawDay(random, world, columns, day, size) };
      const { tests } = driftTests({ features }, current, undefined);
      windows.push(recordOf(day, size, tests));
      if (!tests.some(({ drifted }) => drifted)) continue;
      cell.badWindows += 1;
      if (isAlarmed && (world.changed === undefined || foundOn !== undefined)) continue;
      const { alarms } = monitorState({ ...ABOUT, live: 1, windows, snoozes: [], spec: undefined, at: dayAt(DAYS) });
      isAlarmed ||= alarms.length > 0;
      const isFound = alarms.some(({ subject }) => subject.includes(columns[0]?.name ?? ""));
      if (isFound && day >= (world.changed ?? DAYS)) foundOn ??= day;
    }
    cell.alarmed += Number(isAlarmed);
    if (foundOn !== undefined && world.changed !== undefined) cell.found.push(foundOn - world.changed + 1);
  }
  return cell;
}

function drawDay(
  random: RandomNumbers,
  { shift, common = 0, times = 1 }: MonitorWorld,
  columns: readonly SimulatedColumn[],
  day: number,
  size: number,
) {
  const own = Math.ceil(size / times);
  const shared = common > 0 ? drawNormals(random, own) : undefined;
  return columns.map((column, at) => {
    const nulls = countChance(random, own, column.nulls);
    const moved = shift(day, at);
    const normals = drawNormals(random, own - nulls).map(
      (z, row) => moved + (shared ? Math.sqrt(common) * (shared[row] as number) + Math.sqrt(1 - common) * z : z),
    );
    const counts = countValues(normals, column.thresholds).map((count) => count * times);
    return column.current(counts, nulls * times);
  });
}

const ABOUT = { model: "simulated" };

const dayAt = (day: number) => new Date(Date.UTC(2026, 0, 1) + day * DAY).toISOString().replace(".000Z", "Z");

function recordOf(day: number, rows: number, tests: WindowRecord["tests"]): WindowRecord {
  return {
    slipway: 1,
    ...ABOUT,
    version: 1,
    stage: "production",
    window: windowAt(dayAt(day), DAY),
    inputs: { requests: "0".repeat(64), spec: "0".repeat(40) },
    traffic: { rows, requests: rows, errors: 0, sample: 1 },
    rules: [],
    tests,
    looked_at: dayAt(DAYS),
    by: { name: "simulation", id: "simulation" },
    host: "simulation",
  };
}
