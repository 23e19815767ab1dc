import type { BrokenRule, DriftTest } from "../../schemas/monitoring.ts";
import { formatNumber, formatPercent } from "../gates/number-words.ts";

const NAME = 80;

/** What a test is about, as the same words in each window: `bill_length_mm: distribution`. */
export function testSubject({ of, column, what }: Pick<DriftTest, "of" | "column" | "what">): string {
  return `${of === "prediction" ? predictionName(column) : column}: ${what}`;
}

/** A feature may be called `prediction`, too. */
function predictionName(column: string): string {
  return column === "prediction" ? "prediction itself" : `prediction ${column}`;
}

/** `age: min`. */
export function ruleSubject({ column, check }: Pick<BrokenRule, "column" | "check">): string {
  return `${column ?? "rows"}: ${check} rule`;
}

/** What a test found, in a sentence. Names are the data's own: escape them where they are shown. */
export function testWords(test: DriftTest): string {
  const { of, column, what, effect, least, p } = test;
  const name = of === "prediction" ? `the ${predictionName(short(column))}` : `the column ${short(column)}`;
  const [then, now] = sides(test);
  if (what === "nulls") return `${name} is empty in ${now} of rows, and was in ${then} (p ${formatNumber(p)})`;
  if (what === "new-categories") return `${now} of rows have a value of ${name} that training never had`;
  const most = mostMoved(test);
  const moved = most === undefined ? "" : `; most moved ${most.name}, from ${most.before} to ${most.after} of rows`;
  return `${name} has moved: PSI ${formatNumber(effect)}, which counts from ${formatNumber(least)} on (p ${formatNumber(p)})${moved}`;
}

/** What a broken rule found, in a sentence. */
export function brokenWords({ column, check, count, rows, expected }: BrokenRule): string {
  const where = column === undefined ? "" : ` in the column ${short(column)}`;
  return `${count} of ${rows} rows break the spec's rule ${check}${where}: expected ${short(expected, 200)}`;
}

/** On which share of the window's rows a test's finding is: for a distribution, the least share that would have to be another value. */
export function movedShare({ what, reference, current }: DriftTest): number {
  const [then, now] = [shares(reference), shares(current)];
  // Two proportions: rows with it are first.
  if (what !== "distribution") return now[0] ?? 0;
  return now.reduce((sum, share, bin) => sum + Math.abs(share - (then[bin] ?? 0)), 0) / 2;
}

/** The bin whose share changed most. Undefined where the bins have no names. */
export function mostMoved({
  bins,
  reference,
  current,
}: DriftTest): { name: string; before: string; after: string } | undefined {
  const [then, now] = [shares(reference), shares(current)];
  const change = (bin: number) => Math.abs((now[bin] ?? 0) - (then[bin] ?? 0));
  const [bin] = now.map((_, each) => each).sort((a, b) => change(b) - change(a));
  if (bins === undefined || bin === undefined) return undefined;
  return { name: binName(bins, bin), before: formatPercent(then[bin] ?? 0), after: formatPercent(now[bin] ?? 0) };
}

function sides({ reference, current }: DriftTest): [string, string] {
  return [formatPercent(shares(reference)[0] ?? 0), formatPercent(shares(current)[0] ?? 0)];
}

function shares(counts: readonly number[]): number[] {
  const all = counts.reduce((sum, count) => sum + count, 0);
  return counts.map((count) => (all === 0 ? 0 : count / all));
}

/** `up to 3`, `above 3 up to 5`, `above 5`; a category in quotation marks. */
function binName(bins: readonly (number | string)[], bin: number): string {
  const end = bins[bin];
  if (typeof end === "string") return `“${short(end)}”`;
  const begin = bins[bin - 1];
  if (end === undefined) return typeof begin === "number" ? `values above ${formatNumber(begin)}` : "other values";
  return typeof begin === "number"
    ? `values above ${formatNumber(begin)} up to ${formatNumber(end)}`
    : `values up to ${formatNumber(end)}`;
}

function short(text: string, most = NAME): string {
  const characters = [...text.slice(0, 4 * most)];
  return characters.length <= most ? text.slice(0, 4 * most) : `${characters.slice(0, most - 1).join("")}…`;
}
