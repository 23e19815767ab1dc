// Tries to break the registry: npm run trials [-- kind…] [--trials N] [--long] [--seed S] [--only I]. docs/trials.md says how to read it.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { KINDS } from "./kinds.ts";
import { runTrials } from "./run-trials.ts";

const { values, positionals } = parseArgs({
  options: {
    trials: { type: "string", default: "60" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    only: { type: "string" },
    long: { type: "boolean" },
    keep: { type: "boolean" },
    help: { type: "boolean", short: "h" },
  },
  allowPositionals: true,
});
const unknown = positionals.filter((name) => KINDS[name] === undefined);
const usage = `Usage: npm run trials [-- kind…] [--trials N] [--long] [--seed S] [--keep]; one kind with --only I.\nKinds: ${Object.keys(KINDS).join(", ")}\n`;
if (values.help === true) {
  process.stdout.write(usage);
  process.exit(0);
}
if (unknown.length > 0 || !/^\d+$/.test(values.trials) || (values.only !== undefined && positionals.length !== 1)) {
  process.stderr.write(usage);
  process.exit(2);
}

const folder = await mkdtemp(join(tmpdir(), "slipway-trials-"));
const broken = await runTrials({
  names: positionals.length > 0 ? positionals : Object.keys(KINDS),
  trials: Number(values.trials),
  seed: values.seed,
  long: Number(values.trials) >= 1_000 || values.long === true,
  only: values.only === undefined ? undefined : Number(values.only),
  folder,
  say: (line) => process.stdout.write(`${line}\n`),
});
if (values.keep === true) process.stdout.write(`Kept in ${folder}\n`);
else await rm(folder, { recursive: true, force: true });
process.exitCode = broken === 0 ? 0 : 1;
