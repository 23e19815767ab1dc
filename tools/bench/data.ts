// Rows through DuckDB, measured: validate, profile and split by time, then join predictions.
import { once } from "node:events";
import { createWriteStream, existsSync } from "node:fs";
import { copyFile, mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { joinPredictions } from "../../core/data/join.ts";
import { prepareData } from "../../core/data/prepare.ts";
import { git } from "../../core/git/run.ts";
import { openWorkTree } from "../../core/source/worktree.ts";
import { ModelSpec } from "../../schemas/model-spec.ts";
import { type BenchOptions, inSeconds, type Measurement, repeat } from "./measurement.ts";

const FLIGHTS = fileURLToPath(new URL("../../node_modules/vega-datasets/data/flights-3m.parquet", import.meta.url));
const MILLION = 1_000_000;
const MILLIONS = `${MILLION} rows`;
const RUNS = 3;

/** vega-datasets' flights-3m.parquet is measured too where it is installed, or named by SLIPWAY_BENCH_FLIGHTS. */
export async function bench({ folder }: BenchOptions): Promise<Measurement[]> {
  const number = { type: "double", min: 0, max: 1 };
  const columns = { key: { type: "string" }, seen: { type: "datetime" }, a: number, b: number, c: number };
  await git(folder, ["init", "-q"]);
  const measured: Measurement[] = [];
  const flights = process.env["SLIPWAY_BENCH_FLIGHTS"] ?? FLIGHTS;
  if (existsSync(flights)) {
    await copyFile(flights, join(folder, "flights.parquet"));
    const typed = { date: { type: "datetime" }, distance: { type: "long", min: 0 }, origin: { type: "string" } };
    const split = { time: "date", test: "7d", gap: "1d" };
    const data = { source: "flights.parquet", split, label: "delay", columns: typed };
    measured.push(await measurePrepare("flights-3m.parquet: validate, profile, split by time", folder, data));
  }
  await writeMillion(folder);
  const data = { source: "rows.csv", split: { time: "seen", test: "30d" }, id: "key", label: "y", columns };
  measured.push(await measurePrepare("CSV: validate, profile, split by time", folder, data));

  const { prepared, spec } = await prepare(folder, { test: "rows.csv", id: "key", label: "y", columns });
  const predictions = join(folder, "predictions.csv");
  const joinAll = () => joinPredictions({ prepared, spec, predictions, scores: {} });
  const { peakMiB, result } = await peakOf(() => repeat(RUNS, joinAll));
  const bound = "DuckDB's join; taking a million rows into JavaScript";
  measured.push({ what: "predictions: check, join, store", size: MILLIONS, bound, peakMiB, ...inSeconds(result) });
  return measured;
}

async function measurePrepare(what: string, root: string, data: unknown): Promise<Measurement> {
  let rows = 0;
  const { peakMiB, result } = await peakOf(() =>
    repeat(RUNS, async () => {
      const { test, train } = (await prepare(root, data)).prepared;
      rows = test.rows + (train?.rows ?? 0);
    }),
  );
  const bound = "DuckDB on one thread, so that bytes are the same";
  return { what, size: `${rows} rows`, bound, peakMiB, ...inSeconds(result) };
}

/** With a work folder and a cache of its own, so that nothing was done before. */
async function prepare(root: string, data: unknown) {
  const spec = ModelSpec.parse({ slipway: 1, task: "regression", data, predict: { run: "true" }, metrics: {} });
  const work = await mkdtemp(join(root, "work-"));
  const model = { name: "m", folder: "", spec, tree: await openWorkTree(root) };
  const prepared = await prepareData({ model, root, work, cache: join(work, "cache"), access: { env: {} } });
  if (prepared.violations.length > 0) throw new Error(`violations: ${JSON.stringify(prepared.violations)}`);
  return { prepared, spec };
}

/** The process's largest resident memory while it ran, sampled every 10 ms. */
async function peakOf<T>(work: () => Promise<T>): Promise<{ result: T; peakMiB: number }> {
  let peak = process.memoryUsage.rss();
  const sampling = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss());
  }, 10);
  try {
    return { result: await work(), peakMiB: Math.round(peak / 2 ** 20) };
  } finally {
    clearInterval(sampling);
  }
}

/** rows.csv and predictions.csv: the same bytes each time. */
async function writeMillion(folder: string): Promise<void> {
  const rows = createWriteStream(join(folder, "rows.csv"));
  const predictions = createWriteStream(join(folder, "predictions.csv"));
  rows.write("key,seen,a,b,c,kind,y\n");
  predictions.write("slipway_id,prediction\n");
  let state = 7;
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  for (let at = 0; at < MILLION; at += 10_000) {
    let text = "";
    let answers = "";
    for (let row = at; row < at + 10_000; row++) {
      const seen = new Date(1_700_000_000_000 + row * 30_000).toISOString();
      text += `k${String(row).padStart(8, "0")},${seen},${random()},${random()},${random()},kind-${row % 17},${random()}\n`;
      answers += `k${String(row).padStart(8, "0")},${random()}\n`;
    }
    for (const [stream, lines] of [
      [rows, text],
      [predictions, answers],
    ] as const)
      if (!stream.write(lines)) await once(stream, "drain");
  }
  for (const stream of [rows, predictions]) {
    stream.end();
    await once(stream, "close");
  }
}
