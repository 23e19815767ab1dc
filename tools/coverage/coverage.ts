// How well intervals, the ledger and alarms hold: npm run coverage [-- intervals|ledger|monitor] [--quick] [--json]. docs/metrics.md, docs/gates.md and docs/drift.md show the tables.
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { showLedger } from "./ledger-table.ts";
import { type Cell, isBroken } from "./measure.ts";
import { showMonitor } from "./monitor-table.ts";
import { spread } from "./spread.ts";
import { summary, table } from "./table.ts";
import type { Task } from "./worker.ts";
import { WORLDS } from "./worlds.ts";

const HELP = `Usage: npm run coverage [-- intervals|ledger|monitor] [options]

intervals: draws samples from populations whose metrics are known, and counts how often an interval misses.
ledger: lets authors try fifty models that are no better on one test set, and counts how often one is promoted; forty of
them through Slipway's own acts. Takes --quick, --seed, --jobs and --json.
monitor: watches months in which nothing changes, or something does, and counts alarms; and labels at a bar, and below it. Takes
the same.
The table goes to stdout, progress to stderr. The exit code is 1 if a cell misses too often, or a promise does not hold.

  --quick        few samples of a part of the sizes
  --tries N      samples of each world at each size (default 4000; with --quick 400)
  --only WORDS   the worlds whose name has these words
  --unit UNIT    row, group or time-block alone
  --size N       this size alone
  --seed S       another seed (default 2026)
  --jobs N       processes (default: one for each core)
  --cells        a line for each world, size and metric
  --json         the figures as JSON
`;

const { values, positionals } = parseArgs({
  options: {
    quick: { type: "boolean", default: false },
    tries: { type: "string" },
    only: { type: "string", default: "" },
    unit: { type: "string" },
    size: { type: "string" },
    seed: { type: "string", default: "2026" },
    jobs: { type: "string", default: String(availableParallelism()) },
    cells: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
  allowPositionals: true,
});
const [part = "intervals"] = positionals;
const numbers = [values.tries ?? "1", values.seed, values.jobs, values.size ?? "1"];
if (
  values.help ||
  !["intervals", "ledger", "monitor"].includes(part) ||
  !numbers.every((number) => /^[1-9]\d*$/.test(number))
) {
  (values.help ? process.stdout : process.stderr).write(HELP);
  process.exit(values.help ? 0 : 2);
}

const { quick } = values;
if (part !== "intervals") {
  const [seed, jobs] = [Number(values.seed), Number(values.jobs)];
  const show = part === "ledger" ? showLedger : showMonitor;
  process.exit(await show({ quick, json: values.json, seed, jobs }));
}
const effort = {
  tries: Number(values.tries ?? (quick ? 400 : 4_000)),
  seed: Number(values.seed),
};
const tasks = WORLDS.filter(({ name, unit }) => name.includes(values.only) && (values.unit ?? unit) === unit).flatMap(
  (world) =>
    (quick ? world.quick : world.sizes)
      .filter((size) => values.size === undefined || size === Number(values.size))
      .map((size) => ({ world: world.name, size, ...effort })),
);
let ended = 0;
const answers = await spread<Task, Cell[]>(
  "worker.ts",
  tasks,
  Math.min(Number(values.jobs), tasks.length),
  ({ world, size }, seconds) => {
    ended += 1;
    process.stderr.write(`${ended} of ${tasks.length}: ${world}, ${size} (${seconds.toFixed(1)} s)\n`);
  },
);
const cells = answers.flat();
process.stdout.write(
  values.json
    ? `${JSON.stringify({ ...effort, cells }, undefined, 2)}\n`
    : `${values.cells ? table(cells) : summary(cells)}\n`,
);
const broken = cells.filter((cell) => cell.levels.some((level) => isBroken(level, cell.tries))).length;
process.stderr.write(broken === 0 ? "Every cell holds.\n" : `${broken} of ${cells.length} cells miss too often.\n`);
process.exitCode = broken === 0 ? 0 : 1;
