// Rows through DuckDB, measured: validate, profile and split by time, then join predictions.
import { once } from "node:events";
import { createWriteStream, existsSync } from "node:fs";
import { copyFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { git } from "../../core/git/run.ts";
import { joinPredictions } from "../../core/pipeline/data/join.ts";
import { type PreparedData, prepareData } from "../../core/pipeline/data/prepare.ts";
import { openWorkTree } from "../../core/source/worktree.ts";
import { ModelSpec } from "../../schemas/model-spec.ts";

export interface DataTiming {
  what: string;
  rows: number;
  seconds: number;
  /** The process's largest resident memory while it ran, sampled every 10 ms. */
  peakMiB: number;
}

const FLIGHTS = fileURLToPath(new URL("../../node_modules/vega-datasets/data/flights-3m.parquet", import.meta.url));
const MILLION = 1_000_000;

/** `flights`: vega-datasets' flights-3m.parquet; where it is not there, the generated million rows alone are measured. */
export async function benchData(flights = process.env["SLIPWAY_BENCH_FLIGHTS"] ?? FLIGHTS): Promise<DataTiming[]> {
  const folder = await mkdtemp(join(tmpdir(), "slipway-bench-data-"));
  try {
    await git(folder, ["init", "-q"]);
    const timings: DataTiming[] = [];
    if (existsSync(flights)) {
      await copyFile(flights, join(folder, "flights.parquet"));
      const columns = { date: { type: "datetime" }, distance: { type: "long", min: 0 }, origin: { type: "string" } };
      const split = { time: "date", test: "7d", gap: "1d" };
      const { prepared, timing } = await prepare(folder, {
        source: "flights.parquet",
        split,
        label: "delay",
        columns,
      });
      timings.push({ what: "flights-3m.parquet: validate, profile, split by time", rows: rowsOf(prepared), ...timing });
    }
    await writeMillion(folder);
    const number = { type: "double", min: 0, max: 1 };
    const columns = { key: { type: "string" }, seen: { type: "datetime" }, a: number, b: number, c: number };
    const split = { time: "seen", test: "30d" };
    const { prepared, timing } = await prepare(folder, {
      source: "rows.csv",
      split,
      id: "key",
      label: "y",
      columns,
    });
    timings.push({ what: "a million CSV rows: validate, profile, split by time", rows: rowsOf(prepared), ...timing });

    const whole = await prepare(folder, { test: "rows.csv", id: "key", label: "y", columns });
    const { result, ...joining } = await timed(() =>
      joinPredictions({
        prepared: whole.prepared,
        spec: whole.spec,
        predictions: join(folder, "predictions.csv"),
        scores: {},
      }),
    );
    timings.push({ what: "a million predictions: check, join, store", rows: result.scored.ids.length, ...joining });
    return timings;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function prepare(root: string, data: unknown) {
  const spec = ModelSpec.parse({ slipway: 1, task: "regression", data, predict: { run: "true" }, metrics: {} });
  const work = await mkdtemp(join(root, "work-"));
  const model = { name: "m", folder: "", spec, tree: await openWorkTree(root) };
  const { result, ...timing } = await timed(() => prepareData({ model, root, work, cache: join(root, "cache") }));
  if (result.violations.length > 0) throw new Error(`violations: ${JSON.stringify(result.violations)}`);
  return { prepared: result, spec, timing };
}

function rowsOf({ train, test }: PreparedData): number {
  return test.rows + (train?.rows ?? 0);
}

async function timed<T>(work: () => Promise<T>): Promise<{ result: T; seconds: number; peakMiB: number }> {
  let peak = process.memoryUsage.rss();
  const sampling = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss());
  }, 10);
  const start = performance.now();
  try {
    const result = await work();
    return { result, seconds: (performance.now() - start) / 1_000, peakMiB: Math.round(peak / 2 ** 20) };
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
