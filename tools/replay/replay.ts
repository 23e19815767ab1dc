// Asks what is live in a repository the days of examples/rain again, once in each week of 2014 and 2015, so that its request
// log holds them at their own time: `npm run replay -- FOLDER [--from DAY] [--to DAY] [--remote REMOTE]`. Only for trying out what
// watches: a server of a user's own logs by the machine's clock.
import { readdirSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { earlierWeeks } from "./earlier-weeks.ts";
import { replayRequests } from "./replay-requests.ts";

const USAGE =
  "Usage: npm run replay -- FOLDER [--from 2014-01-02] [--to 2015-03-26] [--remote REMOTE] [--model rain]\n";
const LATER = fileURLToPath(new URL("../../examples/rain/later/", import.meta.url));

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      from: { type: "string", default: "2014-01-02" },
      to: { type: "string", default: "2015-03-26" },
      remote: { type: "string" },
      model: { type: "string", default: "rain" },
    },
  });
  const [folder, another] = positionals;
  if (folder === undefined || another !== undefined) throw new TypeError("give one folder");
  const files = readdirSync(LATER).map((name) => `${LATER}${name}`);
  const weeks = earlierWeeks(files, values.from, values.to);
  if (weeks.length === 0) throw new TypeError(`there is no day from ${values.from} and before ${values.to}`);
  const { model, remote } = values;
  const versions = await replayRequests(weeks, { folder: resolve(folder), model, remote });
  const who = [...versions].map((version) => `${model}@${version}`).join(", ");
  process.stdout.write(
    `${weeks.flatMap(({ rows }) => rows).length} days, from ${values.from} and before ${values.to}, answered by ${who}\n`,
  );
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n${USAGE}`);
  process.exitCode = error instanceof TypeError ? 2 : 1;
}
