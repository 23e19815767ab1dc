import { collectEvidence } from "../../core/drift/e-value.ts";
import { randomNumbers } from "./random-numbers.ts";

const BAR = { "at-least": 0.9 };
const SURE = Math.log(20);
const LABELS = 5_000;

/** Labels that come for one bar, accuracy at least 0.9 with confidence 0.95, so many a window. */
export interface BarWorld {
  name: string;
  /** The accuracy before the change, and after it. */
  before: number;
  after: number;
  /** Windows before the change. */
  windows: number;
  /** At most 5 % of runs may alarm; or the change has to be found within so many labels, in the median. */
  promised?: "quiet" | number;
}

export const BAR_WORLDS: readonly BarWorld[] = [
  { name: "at the bar: 0.90", before: 0.9, after: 0.9, windows: 0, promised: "quiet" },
  { name: "above it: 0.92", before: 0.92, after: 0.92, windows: 0, promised: "quiet" },
  { name: "0.85 from the start", before: 0.85, after: 0.85, windows: 0, promised: 250 },
  { name: "0.87 from the start", before: 0.87, after: 0.87, windows: 0 },
  { name: "0.92 for ten windows, then 0.85", before: 0.92, after: 0.85, windows: 10 },
  { name: "0.92 for forty windows, then 0.85", before: 0.92, after: 0.85, windows: 40 },
  { name: "0.92 for ten windows, then 0.75", before: 0.92, after: 0.75, windows: 10 },
];

export interface BarCell {
  bar: string;
  size: number;
  runs: number;
  /** Runs that alarmed before the change. */
  early: number;
  /** Labels from the change to the alarm, of those that alarmed after it. */
  labels: number[];
  promised: BarWorld["promised"] | undefined;
}

/** Runs of up to 5,000 labels after the change, `size` labels a window. The same seed gives the same runs. */
export function simulateBars(world: BarWorld, size: number, runs: number, seed: number): BarCell {
  const random = randomNumbers(seed);
  const cell: BarCell = { bar: world.name, size, runs, early: 0, labels: [], promised: world.promised };
  for (let run = 0; run < runs; run++) {
    const collect = collectEvidence(BAR);
    for (let place = 0; (place - world.windows) * size < LABELS; place++) {
      const accuracy = place < world.windows ? world.before : world.after;
      let hits = 0;
      for (let row = 0; row < size; row++) hits += Number(random.chance(accuracy));
      if (collect({ place, rows: size, hits }).log < SURE) continue;
      if (place < world.windows) cell.early += 1;
      else cell.labels.push((place - world.windows + 1) * size);
      break;
    }
  }
  return cell;
}
