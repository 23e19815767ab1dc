import { ModelName } from "../../schemas/names.ts";
import { RunId, RunRecord, RunSummary } from "../../schemas/run-summary.ts";
import { BoundedMap } from "../bounded-map.ts";
import { canonicalJson } from "../canonical.ts";
import { SlipwayError } from "../errors.ts";
import type { Experiments } from "./open.ts";

const FOLDER = "run-records";
/** Of one record. What is shown of a run fits on a page. */
export const MAX_RECORD_BYTES = 256 * 1024;
/** Of one model's, that are shown. */
const MOST_RECORDS = 5_000;
/** So many are read in one round trip. */
const AT_ONCE = 500;

/** The runs that are on the branch `experiments`: pull requests' and shared ones. */
export interface RunRecords {
  /** Newest first; of one model, or of all. What cannot be read is left out. */
  list(model?: string): Promise<RunSummary[]>;
  read(model: string, run: string): Promise<RunRecord | undefined>;
  /** The ids of a model's runs. */
  ids(model: string): Promise<string[]>;
}

/** What was read before, by Git's id: a blob that is the same is the same run. */
const known = new WeakMap<Experiments, BoundedMap<string, RunSummary | "unreadable">>();

export function openRunRecords(experiments: Experiments): RunRecords {
  const summaries = known.get(experiments) ?? new BoundedMap<string, RunSummary | "unreadable">(20_000);
  known.set(experiments, summaries);

  async function listModel(model: string): Promise<RunSummary[]> {
    const found = await entriesOf(experiments, model);
    const fresh = found.filter(({ id }) => summaries.get(id) === undefined);
    for (let from = 0; from < fresh.length; from += AT_ONCE) {
      const some = fresh.slice(from, from + AT_ONCE);
      const contents = await readSome(
        experiments,
        some.map(({ id }) => id),
      );
      for (const [at, { id, run }] of some.entries())
        summaries.set(id, parsed(RunSummary, contents[at], model, run) ?? "unreadable");
    }
    return found.flatMap(({ id }) => {
      const summary = summaries.get(id);
      return summary === undefined || summary === "unreadable" ? [] : [summary];
    });
  }

  return {
    async list(model) {
      const models = model === undefined ? await experiments.list(FOLDER) : [model];
      const all: RunSummary[] = [];
      for (const each of models) if (ModelName.safeParse(each).success) all.push(...(await listModel(each)));
      return all.sort((a, b) => (a.started_at < b.started_at ? 1 : -1));
    },
    async read(model, run) {
      if (!ModelName.safeParse(model).success || !RunId.safeParse(run).success) return undefined;
      const content = await experiments.read(recordPath(model, run), MAX_RECORD_BYTES).catch(unlessTooLarge);
      return parsed(RunRecord, content, model, run);
    },
    ids: async (model) => (await entriesOf(experiments, model)).map(({ run }) => run),
  };
}

/** Where a run's record is on the branch. */
export function recordPath(model: string, run: string): string {
  return `${FOLDER}/${model}/${run}.json`;
}

/**
 * A record as a file: its path and its text. What would make it too large is left out, the longest first: what the program
 * logged, the curves, the gates' words, the names of files.
 */
export function recordFile(record: RunRecord): [path: string, text: string] {
  const { logged: _, ...noLog } = record;
  const { curves: __, ...noCurves } = noLog;
  const { files: ___, ...noFiles } = { ...noCurves, gates: {} };
  for (const each of [record, noLog, noCurves, { ...noCurves, gates: {} }, noFiles]) {
    const text = canonicalJson(RunRecord.parse(each));
    if (Buffer.byteLength(text) <= MAX_RECORD_BYTES) return [recordPath(record.model, record.run), text];
  }
  throw new SlipwayError("FILE_TOO_LARGE", `The record of run ${record.run} is too large`, {
    expected: `at most ${MAX_RECORD_BYTES} bytes`,
    hint: "Name fewer params, slices or classes.",
  });
}

async function entriesOf(experiments: Experiments, model: string): Promise<{ run: string; id: string }[]> {
  const entries = await experiments.entries(`${FOLDER}/${model}`);
  return entries
    .flatMap(({ name, id }) => {
      const run = name.endsWith(".json") ? name.slice(0, -".json".length) : "";
      return RunId.safeParse(run).success ? [{ run, id }] : [];
    })
    .slice(-MOST_RECORDS);
}

/** One file that is too large keeps no other from being read. */
async function readSome(experiments: Experiments, ids: readonly string[]): Promise<(Buffer | undefined)[]> {
  try {
    return await experiments.readMany(ids, MAX_RECORD_BYTES);
  } catch (error) {
    unlessTooLarge(error);
    return Promise.all(ids.map(async (id) => (await experiments.readMany([id], MAX_RECORD_BYTES).catch(() => []))[0]));
  }
}

function unlessTooLarge(error: unknown): undefined {
  if (error instanceof SlipwayError && error.code === "FILE_TOO_LARGE") return undefined;
  throw error;
}

function parsed<T extends { model: string; run: string }>(
  schema: { safeParse(value: unknown): { data?: T | undefined } },
  content: Buffer | undefined,
  model: string,
  run: string,
): T | undefined {
  try {
    const { data } = schema.safeParse(JSON.parse(content?.toString() ?? "null"));
    return data?.model === model && data.run === run ? data : undefined;
  } catch {
    return undefined;
  }
}
