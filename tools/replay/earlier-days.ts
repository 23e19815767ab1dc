import { readFileSync } from "node:fs";
import type { EarlierRequest } from "./replay-requests.ts";

const DAY = 24 * 60 * 60_000;
/** When a day's weather is known, and tomorrow's is asked for: the hour in UTC. */
const EVENING = 20 * 60 * 60_000;

/**
 * The days of examples/rain's CSV files from `from` on and before `to` (both `2014-01-02`), as a client sends them: each in its
 * own evening, without what came of it.
 */
export function earlierDays(files: readonly string[], from: string, to: string): EarlierRequest[] {
  return files
    .flatMap((file) => daysOf(file))
    .filter(({ day }) => day >= from && day < to)
    .map(({ day, tomorrow: _, ...weather }) => {
      const numbers = Object.entries(weather).map(([name, text]) => [name, Number(text)]);
      return { at: Date.parse(`${day}T00:00:00Z`) + EVENING, rows: [{ day, ...Object.fromEntries(numbers) }] };
    })
    .sort((a, b) => a.at - b.at);
}

/** The window of 28 days, counted from 1970, that a day is in: its first day and the next one's. */
export function fourWeeks(day: string): { from: string; to: string } {
  const length = 28 * DAY;
  const begin = Math.floor(Date.parse(`${day}T00:00:00Z`) / length) * length;
  const text = (at: number) => new Date(at).toISOString().slice(0, 10);
  return { from: text(begin), to: text(begin + length) };
}

/** No field of these files has a comma or a quote. */
function daysOf(file: string): { day: string; tomorrow?: string; [column: string]: string | undefined }[] {
  const [head = "", ...lines] = readFileSync(file, "utf8").trimEnd().split("\n");
  const names = head.split(",");
  return lines.map((line) => {
    const fields = line.split(",").map((text, at) => [names[at] ?? "", text] as const);
    return { day: "", ...Object.fromEntries(fields) };
  });
}
