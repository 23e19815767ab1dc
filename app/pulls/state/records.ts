import { canonicalJson } from "../../../core/canonical.ts";
import { SlipwayError } from "../../../core/errors.ts";
import { ModelName } from "../../../schemas/names.ts";
import { PullResult } from "../../../schemas/pull-result.ts";
import type { EventContext } from "../../github/event-context.ts";

/** What is shown of a result fits on a page; a larger record was not written by the App. */
export const MAX_PULL_RECORD_BYTES = 4 * 1024 * 1024;
const MOST_MODELS = 256;

/**
 * What runs of a pull request reported, by model, as `experiments` was last refreshed. A record that cannot be read
 * is left out.
 */
export async function readRecords(
  { experiments }: Pick<EventContext, "experiments">,
  pull: number,
): Promise<Map<string, PullResult>> {
  const names = (await experiments.list(folderOf(pull))).filter((name) => name.endsWith(".json")).slice(0, MOST_MODELS);
  const records = new Map<string, PullResult>();
  for (const name of names) {
    const model = name.slice(0, -".json".length);
    const record = await readRecord({ experiments }, pull, model);
    if (record !== undefined) records.set(model, record);
  }
  return records;
}

async function readRecord({ experiments }: Pick<EventContext, "experiments">, pull: number, model: string) {
  if (!ModelName.safeParse(model).success) return undefined;
  try {
    const content = await experiments.read(recordPath(pull, model), MAX_PULL_RECORD_BYTES);
    const parsed = PullResult.safeParse(JSON.parse(content?.toString() ?? "null"));
    const own = parsed.data?.pull_request === pull && parsed.data.model === model;
    return own ? parsed.data : undefined;
  } catch (error) {
    if (error instanceof SlipwayError || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/**
 * A record as a file: its path and its text. The artifact's list of files is left out: it may be long, and nobody is
 * shown it.
 */
export function pullRecordFile(record: PullResult): [path: string, text: string] {
  const { artifact } = record.result ?? {};
  const result = artifact && record.result && { ...record.result, artifact: { ...artifact, files: [] } };
  return [
    recordPath(record.pull_request, record.model),
    canonicalJson({ ...record, ...(result === undefined ? {} : { result }) }),
  ];
}

function recordPath(pull: number, model: string): string {
  return `${folderOf(pull)}/${model}.json`;
}

function folderOf(pull: number): string {
  return `pulls/${pull}`;
}
