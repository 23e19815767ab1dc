import { readFileSync } from "node:fs";
import type { Row } from "../../core/runtime/answering/answering.ts";
import type { EarlierRequest } from "./replay-requests.ts";

const WEEK = 7 * 24 * 60 * 60_000;
/** When the day's weather is known, and the next one's is not. */
const BEFORE_MIDNIGHT = 4 * 60 * 60_000;

/**
 * The days of examples/rain's CSV files from `from` on and before `to` (both `2014-01-02`), as a client sends them that asks once a
 * week, in the evening of its last day: without what came of them. Weeks are counted from 1970, as windows are.
 */
export function earlierWeeks(files: readonly string[], from: string, to: string): EarlierRequest[] {
  const weeks = new Map<number, Row[]>();
  for (const { day, tomorrow: _, ...weather } of files.flatMap((file) => daysOf(file))) {
    if (day < from || day >= to) continue;
    const numbers = Object.entries(weather).map(([name, text]) => [name, Number(text)]);
    const week = Math.floor(timeOf(day) / WEEK);
    weeks.set(week, [...(weeks.get(week) ?? []), { day, ...Object.fromEntries(numbers) }]);
  }
  return [...weeks]
    .sort(([a], [b]) => a - b)
    .map(([week, rows]) => ({ at: (week + 1) * WEEK - BEFORE_MIDNIGHT, rows }));
}

const timeOf = (day: string) => Date.parse(`${day}T00:00:00Z`);

/** No field of these files has a comma or a quote. */
function daysOf(file: string): { day: string; tomorrow?: string; [column: string]: string | undefined }[] {
  const [head = "", ...lines] = readFileSync(file, "utf8").trimEnd().split("\n");
  const names = head.split(",");
  return lines.map((line) => {
    const fields = line.split(",").map((text, at) => [names[at] ?? "", text] as const);
    return { day: "", ...Object.fromEntries(fields) };
  });
}
