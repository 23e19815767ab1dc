// How well the intervals hold: npm run coverage [-- intervals] [--quick] [--only WORDS] [--json]. docs/metrics.md shows the table.
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { isBroken } from "./measure.ts";
import { spread } from "./spread.ts";
import { table } from "./table.ts";
import { WORLDS } from "./worlds.ts";

const HELP = `Usage: npm run coverage [-- intervals] [options]

Draws samples from populations whose metrics are known, and counts how often an interval misses.
The table goes to stdout, progress to stderr. The exit code is 1 if a cell misses too often.

  --quick        few samples of a part of the sizes
  --tries N      samples of each world at each size (default 4000; with --quick 400)
  --only WORDS   the worlds whose name has these words
  --unit UNIT    row, group or time-block alone
  --size N       this size alone
  --seed S       another seed (default 2026)
  --jobs N       processes (default: one for each core)
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
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
  allowPositionals: true,
});
const [part = "intervals"] = positionals;
const numbers = [values.tries ?? "1", values.seed, values.jobs, values.size ?? "1"];
if (values.help || part !== "intervals" || !numbers.every((number) => /^[1-9]\d*$/.test(number))) {
  (values.help ? process.stdout : process.stderr).write(HELP);
  process.exit(values.help ? 0 : 2);
}

const { quick } = values;
const effort = {
  tries: Number(values.tries ?? (quick ? 400 : 4_000)),
  resamples: quick ? 250 : 1_000,
  seed: Number(values.seed),
};
const tasks = WORLDS.filter(({ name, unit }) => name.includes(values.only) && (values.unit ?? unit) === unit).flatMap(
  (world) =>
    (quick ? world.quick : world.sizes)
      .filter((size) => values.size === undefined || size === Number(values.size))
      .map((size) => ({ world: world.name, size, ...effort })),
);
let ended = 0;
const cells = await spread(tasks, Math.min(Number(values.jobs), tasks.length), ({ world, size }, seconds) => {
  ended += 1;
  process.stderr.write(`${ended} of ${tasks.length}: ${world}, ${size} (${seconds.toFixed(1)} s)\n`);
});
process.stdout.write(values.json ? `${JSON.stringify({ ...effort, cells }, undefined, 2)}\n` : `${table(cells)}\n`);
const broken = cells.filter((cell) => cell.levels.some((level) => isBroken(level, cell.tries))).length;
process.stderr.write(broken === 0 ? "Every cell holds.\n" : `${broken} of ${cells.length} cells miss too often.\n`);
process.exitCode = broken === 0 ? 0 : 1;
