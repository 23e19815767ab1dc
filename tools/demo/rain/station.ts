import { copyFileSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { earlierWeeks } from "../../replay/earlier-weeks.ts";
import { replayRequests } from "../../replay/replay-requests.ts";

const EXAMPLE = fileURLToPath(new URL("../../../examples/rain/", import.meta.url));
const LATER = join(EXAMPLE, "later");

/**
 * The weather station of the story: a folder that stands for a bucket. Its files are what the model is trained on and, since each
 * day's row says what the next one brought, the labels of what was asked.
 */
export function openStation(folder: string) {
  mkdirSync(folder, { recursive: true });
  copyFileSync(join(EXAMPLE, "models/rain/data/winters.csv"), join(folder, "winters.csv"));
  const months = readdirSync(LATER).sort();
  return {
    /** The pattern of all its files. */
    files: `${pathToFileURL(folder)}/*.csv`,

    /** Brings the months that are over on a day (`2014-05-22`): each file comes when its month has ended. */
    bring(day: string): void {
      for (const name of months.filter((month) => month.slice(0, 7) < day.slice(0, 7)))
        copyFileSync(join(LATER, name), join(folder, name));
    },

    /** Asks what is live the days from `from` on and before `to`, a week's in one request at its end; resolves to how many. */
    async ask(from: string, to: string, where: { folder: string; remote?: string }): Promise<number> {
      const weeks = earlierWeeks(
        months.map((name) => join(LATER, name)),
        from,
        to,
      );
      await replayRequests(weeks, { ...where, model: "rain" });
      return weeks.flatMap(({ rows }) => rows).length;
    },
  };
}

/** The example's spec, trained on the station's files in place of the repository's. */
export const trainedOn = (files: string, spec: string) => replaced(spec, /^( {2}source: ).*$/m, `$1${files}`);

/** The example's spec for a model that has seen all seasons: that days are warm is no news to it. */
export const withoutSeasons = (spec: string) =>
  replaced(spec, /^( {2}window: .*)$/m, "$1\n  columns: { temp_max: off, temp_min: off }");

/** As text is changed in an editor. A line that is not there any more ends the story. */
export function replaced(text: string, line: RegExp, by: string): string {
  if (!line.test(text)) throw new Error(`no line is like ${line}`);
  return text.replace(line, by);
}
