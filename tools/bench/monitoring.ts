// A look at what live versions were asked: large windows, many models, and a window with nothing new.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { DataProfile } from "../../schemas/data-record.ts";
import { type BenchOptions, inSeconds, type Measurement, once, timingOf } from "./measurement.ts";
import { evidently } from "./monitoring/evidently.ts";
import { timedLook } from "./monitoring/look.ts";
import { lookInProcess } from "./monitoring/look-in-process.ts";
import { makeReference, writeLog } from "./monitoring/request-log.ts";
import { makeWatched } from "./monitoring/watched-repository.ts";

const COLUMNS = 50;
const REFERENCE = 100_000;
const MANY = 10_000_000;
const SAME_FRAME = 100_000;
const [FEW_MODELS, MANY_MODELS] = [100, 1_000];
const RUNS = 5;

/** Of `slipway monitor` whole: its start, the look, and the commit that keeps it. */
export async function bench({ folder }: BenchOptions): Promise<Measurement[]> {
  const made = await makeReference(folder, REFERENCE, COLUMNS);
  return [
    ...(await largeWindow(join(folder, "large"), made.profile)),
    await sameFrame(join(folder, "same"), made),
    ...(await manyModels(folder)),
  ];
}

async function largeWindow(folder: string, profile: DataProfile): Promise<Measurement[]> {
  await watched(folder, ["large"], profile);
  await writeLog(join(folder, ".slipway/log"), "large", { rows: MANY, columns: COLUMNS, hours: 24 });
  const first = await timedLook(folder);
  expectWritten(first.result.written, 1);
  const again: number[] = [];
  for (let run = 0; run < RUNS; run += 1) again.push((await timedLook(folder)).ms);
  const size = `${MANY / 1_000_000} million requests × ${COLUMNS} columns`;
  return [
    {
      ...{ what: "monitor: a day's window", size, target: 60, peakMiB: first.peakMiB },
      ...{ bound: "DuckDB counts each value into its kept bins, on one thread", ...inSeconds(timingOf([first.ms])) },
    },
    {
      ...{ what: "…, its largest memory", size, unit: "MiB", target: 1_024, ...once(first.peakMiB) },
      bound: "DuckDB's buffers of what it reads",
    },
    {
      ...{ what: "…, nothing new", size, target: 1, ...inSeconds(timingOf(again)) },
      bound: "starting Node, listing the log, reading what was found before",
    },
  ];
}

/** The same rows for both: Evidently has the reference in memory, we its kept profile. */
async function sameFrame(
  folder: string,
  { file, profile }: { file: string; profile: DataProfile },
): Promise<Measurement> {
  await watched(folder, ["same"], profile);
  const log = { rows: SAME_FRAME, columns: COLUMNS, hours: 1 };
  const [current = ""] = await writeLog(join(folder, ".slipway/log"), "same", log);
  const ours = await lookInProcess(folder);
  expectWritten(ours.written, 1);
  const theirs = await evidently(file, current, Object.keys(profile.columns));
  return {
    ...{ what: "monitor: its run alone", size: `${SAME_FRAME} requests × ${COLUMNS} columns` },
    ...{ bound: "reading Parquet, and counting", ...inSeconds(timingOf([ours.ms])) },
    peer: { what: "Evidently's run alone", median: theirs / 1_000, ratio: theirs / ours.ms, atLeast: 20 },
  };
}

/** Each model with a window of thirty requests. */
async function manyModels(folder: string): Promise<Measurement[]> {
  const { profile } = await makeReference(folder, 1_000, 5);
  const measured: (Measurement & { perModel: number })[] = [];
  for (const count of [FEW_MODELS, MANY_MODELS]) {
    const place = join(folder, `models-${count}`);
    const models = Array.from({ length: count }, (_, at) => `m${at}`);
    await watched(place, models, profile);
    for (const model of models) await writeLog(join(place, ".slipway/log"), model, { rows: 30, columns: 5, hours: 1 });
    const look = await timedLook(place);
    expectWritten(look.result.written, count);
    measured.push({
      ...{ what: "monitor: many models", size: `${count} models`, peakMiB: look.peakMiB, perModel: look.ms / count },
      ...{ bound: "opening DuckDB for each", ...inSeconds(timingOf([look.ms])) },
    });
  }
  const [few, many] = measured as [(typeof measured)[number], (typeof measured)[number]];
  return [
    ...measured.map(({ perModel: _, ...each }) => each),
    {
      ...{
        what: "…, a model of many beside one of few",
        size: `${MANY_MODELS} beside ${FEW_MODELS} models`,
        unit: "×",
      },
      ...{ target: 1.5, bound: "what grows with the models alone", ...once(many.perModel / few.perModel) },
    },
  ];
}

async function watched(folder: string, models: readonly string[], profile: DataProfile): Promise<void> {
  await mkdir(folder, { recursive: true });
  await makeWatched(folder, models, profile);
}

function expectWritten(written: number, expected: number): void {
  if (written !== expected) throw new Error(`${written} windows were recorded in place of ${expected}`);
}
