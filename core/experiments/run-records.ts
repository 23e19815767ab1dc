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
  list(model?: string): Promise<readonly RunSummary[]>;
  read(model: string, run: string): Promise<RunRecord | undefined>;
}

/** What was read before, by Git's ids: a blob that is the same is the same run, a folder that is the same has the same runs. */
interface Known {
  summaries: BoundedMap<string, RunSummary | "unreadable">;
  models: Map<string, { tree: string; runs: RunSummary[] }>;
  all?: { tree: string; runs: RunSummary[] };
}
const known = new WeakMap<Experiments, Known>();

export function openRunRecords(experiments: Experiments): RunRecords {
  const cache: Known = known.get(experiments) ?? { summaries: new BoundedMap(20_000), models: new Map() };
  known.set(experiments, cache);
  const { summaries } = cache;

  async function listModel(model: string, tree: string): Promise<RunSummary[]> {
    const before = cache.models.get(model);
    if (before?.tree === tree) return before.runs;
    const runs = (await readModel(model)).sort(newestFirst);
    cache.models.set(model, { tree, runs });
    return runs;
  }

  async function readModel(model: string): Promise<RunSummary[]> {
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
      const tree = (await experiments.entries("")).find(({ name }) => name === FOLDER)?.id;
      if (tree === undefined) return [];
      if (model === undefined && cache.all?.tree === tree) return cache.all.runs;
      const folders = (await experiments.entries(FOLDER)).filter(
        ({ name }) => ModelName.safeParse(name).success && (model === undefined || name === model),
      );
      const found: RunSummary[] = [];
      for (const { name, id } of folders) found.push(...(await listModel(name, id)));
      if (model !== undefined) return found;
      cache.all = { tree, runs: found.sort(newestFirst) };
      return cache.all.runs;
    },
    async read(model, run) {
      if (!ModelName.safeParse(model).success || !RunId.safeParse(run).success) return undefined;
      const content = await experiments.read(recordPath(model, run), MAX_RECORD_BYTES).catch(unlessTooLarge);
      return parsed(RunRecord, content, model, run);
    },
  };
}

function newestFirst(a: RunSummary, b: RunSummary): number {
  return a.started_at < b.started_at ? 1 : -1;
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
