import { psi } from "../../core/drift/psi.ts";
import { normalProbability, normalQuantile } from "../../core/metrics/quantiles.ts";

/** What happens to the rows of a month. Everything is in standard deviations of a column's normal number. */
export interface MonitorWorld {
  name: string;
  /** By how much a column's mean has moved on a day; `at` is the column's place. */
  shift(day: number, at: number): number;
  /** What the columns have in common: their correlation. */
  common?: number;
  /** How often each row is asked. */
  times?: number;
  /** The day, from 0, from which the first column has changed. */
  changed?: number;
  /** Whether it is promised that at most 5 % of months have an alarm. */
  promised: boolean;
  /** Whether it is simulated with --quick too. */
  quick?: true;
}

const CHANGE_DAY = 10;
const none = () => 0;
/** So many that half a row in a bin is nothing. */
const ROWS = 1e12;

/** The shift of a normal number whose PSI over its ten tenths is `index`. */
function shiftOf(index: number): number {
  let [low, high] = [0, 5];
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (tenthsPsi(middle) < index) low = middle;
    else high = middle;
  }
  return low;
}

function tenthsPsi(shift: number): number {
  const below = Array.from({ length: 9 }, (_, at) => normalProbability(normalQuantile((at + 1) / 10) - shift));
  const shares = [...below, 1].map((end, at) => end - (below[at - 1] ?? 0));
  return psi({ reference: shares.map(() => ROWS / 10), current: shares.map((share) => share * ROWS) });
}

const moves = (index: number): MonitorWorld => {
  const moved = shiftOf(index);
  return {
    name: `one column moves by PSI ${index} on day ${CHANGE_DAY + 1}`,
    shift: (day, at) => (at === 0 && day >= CHANGE_DAY ? moved : 0),
    changed: CHANGE_DAY,
    promised: false,
  };
};

export const MONITOR_WORLDS: readonly MonitorWorld[] = [
  { name: "nothing changed", shift: none, promised: true, quick: true },
  { name: "nothing changed, columns correlated 0.5", shift: none, common: 0.5, promised: true },
  { ...moves(0.25), quick: true },
  moves(0.5),
  {
    name: "all columns wobble with the month by ±0.15 deviations (PSI 0.02)",
    shift: (day) => 0.15 * Math.sin((2 * Math.PI * day) / 30),
    promised: false,
  },
  {
    name: "weekends differ by 0.3 deviations (PSI 0.09)",
    shift: (day) => (day % 7 > 4 ? 0.3 : 0),
    promised: false,
  },
  { name: "every row is asked five times", shift: none, times: 5, promised: false },
];
