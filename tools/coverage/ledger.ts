import { askedLevel, DEFAULT_TRIES } from "../../core/gates/asked-level.ts";
import { betaQuantile } from "../../core/metrics/quantiles.ts";
import { differencesOn, type IsBetter } from "./difference.ts";
import { type Author, type Meeting, meetBetter, tryModels } from "./family.ts";
import { randomNumbers } from "./random-numbers.ts";

/** How many candidates an author tries on one test set. */
const TRIES = 50;
const CONFIDENCE = 0.95;
/** The policy's default. */
export const BUDGET = DEFAULT_TRIES;
/** How much better a better candidate is. */
const GAINS = [0.02, 0.05] as const;
export const SIZES = [300, 1_000, 5_000] as const;

const exact = (accuracy: number) => accuracy;
const inSteps = (accuracy: number, n: number) => Math.round(accuracy * Math.sqrt(n)) / Math.sqrt(n);

/** When a candidate is promoted: on the meeting, as the author's at-th try (from 0). */
export type Rule = (meeting: Meeting, at: number, isBetter: IsBetter) => boolean;

const PLAIN_VALUE: Rule = ({ wins, losses }) => wins > losses;
/** The lower bound of the two-sided 95 % interval, each time anew. */
const PLAIN_INTERVAL: Rule = (meeting, _at, isBetter) => isBetter(meeting, 0.025);
/** Slipway's: a share of 1 − confidence for each of the budget's tries, and nothing after them. */
export const LEDGER: Rule = (meeting, at, isBetter) => at < BUDGET && isBetter(meeting, askedLevel(CONFIDENCE, BUDGET));

interface Row {
  rule: string;
  authors: string;
  promote: Rule;
  author: Author;
  /** Whether Slipway promises that at most 1 − confidence of families are fooled. */
  promised: boolean;
}

const apart = { climbs: false, looks: "none", shown: exact } as const;
const PREVIEW = "`tries: 20`, `preview: 0.3`";
const EXACT = "`tries: 20`, values exact";

const ROWS: readonly Row[] = [
  {
    ...{ rule: "a plain threshold: better by more than 0", authors: "do not look" },
    ...{ promote: PLAIN_VALUE, author: apart, promised: false },
  },
  {
    ...{ rule: "a plain 95 % interval", authors: "do not look" },
    ...{ promote: PLAIN_INTERVAL, author: apart, promised: false },
  },
  {
    ...{ rule: "a plain 95 % interval", authors: "climb on the reports" },
    ...{ promote: PLAIN_INTERVAL, author: { ...apart, climbs: true }, promised: false },
  },
  {
    ...{ rule: PREVIEW, authors: "look at the preview 50 times before each try" },
    ...{ promote: LEDGER, author: { climbs: false, looks: "preview", shown: inSteps }, promised: true },
  },
  {
    ...{ rule: PREVIEW, authors: "look at the preview 50 times before each try, and climb on the reports" },
    ...{ promote: LEDGER, author: { climbs: true, looks: "preview", shown: inSteps }, promised: true },
  },
  {
    ...{ rule: EXACT, authors: "do not look" },
    ...{ promote: LEDGER, author: apart, promised: true },
  },
  {
    ...{ rule: EXACT, authors: "climb on the reports" },
    ...{ promote: LEDGER, author: { ...apart, climbs: true }, promised: false },
  },
  {
    ...{ rule: EXACT, authors: "look at the deciding rows 50 times before each try" },
    ...{ promote: LEDGER, author: { climbs: true, looks: "deciding", shown: exact }, promised: false },
  },
];

/** One row of the table at one size. */
export interface LedgerCell {
  rule: string;
  authors: string;
  promised: boolean;
  n: number;
  families: number;
  /** Families in which some candidate was promoted, and none was better than what is live. */
  fooled: number;
  /** Of as many candidates that are better by 2 and by 5 points, those that pass as a first try. */
  power: { gain: number; passed: number }[];
}

/** The families of one row at one size. The same seed gives the same families. */
export function simulate(at: number, n: number, { families, seed }: { families: number; seed: number }): LedgerCell {
  const { rule, authors, promised, promote, author } = ROWS[at] as Row;
  const isBetter = differencesOn(n);
  const random = randomNumbers(seed * 1_000 + at * 10 + n);
  let fooled = 0;
  for (let family = 0; family < families; family++)
    fooled += Number(
      tryModels(random, { n, tries: TRIES }, author, (meeting, nth) => promote(meeting, nth, isBetter)).promoted,
    );
  const power = GAINS.map((gain) => {
    let passed = 0;
    for (let candidate = 0; candidate < families; candidate++)
      passed += Number(promote(meetBetter(random, n, gain), 0, isBetter));
    return { gain, passed };
  });
  return { rule, authors, promised, n, families, fooled, power };
}

export const LEDGER_TASKS = ROWS.flatMap((_row, at) => SIZES.map((n) => ({ at, n })));

/** Whether chance alone hardly explains that so many families are fooled. */
export function isOverPromise({ promised, fooled, families }: LedgerCell): boolean {
  return promised && fooled > 0 && betaQuantile(0.01, fooled, families - fooled + 1) > 1 - CONFIDENCE;
}

/** As Markdown: a line a row, its three sizes side by side. */
export function ledgerTable(cells: readonly LedgerCell[]): string {
  const columns = (of: (cell: LedgerCell) => number) => (row: readonly LedgerCell[]) =>
    row.map((cell) => percent(of(cell) / cell.families)).join(" / ");
  const power = (gain: number) => columns((cell) => cell.power.find((each) => each.gain === gain)?.passed ?? 0);
  const lines = ROWS.map((_row, at) => {
    const row = cells.filter((cell) => cell.rule === _row.rule && cell.authors === _row.authors);
    const over = row.some(isOverPromise) ? " **over**" : "";
    const fooled = `${columns(({ fooled }) => fooled)(row)}${over}`;
    return `| ${[ROWS[at]?.rule, ROWS[at]?.authors, fooled, ...GAINS.map((gain) => power(gain)(row))].join(" | ")} |`;
  });
  const titles = ["rule", "authors", "fooled, %", ...GAINS.map((gain) => `sees +${100 * gain} points, %`)];
  return [`| ${titles.join(" | ")} |`, `|${" --- |".repeat(titles.length)}`, ...lines].join("\n");
}

function percent(share: number): string {
  const text = (100 * share).toFixed(share > 0 && share < 0.1 ? 1 : 0);
  return text === "100" && share < 1 ? "99+" : text;
}
