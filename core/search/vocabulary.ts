import type { FilterClause } from "./clause.ts";

/** What a filter of runs, or of the portal's models, may name. */
interface Vocabulary {
  /** The types of clauses by the words before the dot. */
  entities: Readonly<Record<string, FilterClause["type"]>>;
  /** Attributes by what people call them: MLflow has aliases. */
  text: Readonly<Record<string, string>>;
  numbers: Readonly<Record<string, string>>;
  /** Attributes that IN takes. */
  listed: readonly string[];
  /** The attribute in which words alone are looked for. */
  words: string;
}

const own = (...names: string[]) => Object.fromEntries(names.map((name) => [name, name]));

const ATTRIBUTE = { attribute: "attribute", attributes: "attribute", attr: "attribute" } as const;
const TAG = { tag: "tag", tags: "tag" } as const;
const METRIC = { metric: "metric", metrics: "metric" } as const;

export const VOCABULARIES: Readonly<Record<"runs" | "catalog", Vocabulary>> = {
  runs: {
    entities: {
      ...ATTRIBUTE,
      ...TAG,
      ...METRIC,
      run: "attribute",
      ...{ param: "param", params: "param", parameter: "param", parameters: "param" },
      ...{ dataset: "dataset", datasets: "dataset" },
    },
    text: {
      ...own("run_id", "run_name", "status", "user_id", "artifact_uri"),
      ...{ "Run name": "run_name", "run name": "run_name", "Run Name": "run_name" },
      // Ours, beyond MLflow's.
      ...own("model", "source", "commit", "group", "note", "words"),
    },
    numbers: {
      ...own("start_time", "end_time"),
      ...{ created: "start_time", Created: "start_time" },
      ...own("seconds", "pull_request", "starred", "seed"),
    },
    listed: ["run_id", "model"],
    words: "words",
  },
  catalog: {
    entities: { ...ATTRIBUTE, ...TAG, ...METRIC },
    text: own("name", "stage", "owner", "state"),
    numbers: own("version", "versions", "last_updated_timestamp"),
    listed: ["name", "stage", "owner", "state"],
    words: "name",
  },
};

/** Of a run's data, as MLflow names it. */
export const DATASET_KEYS: readonly string[] = ["name", "digest", "context"];

/** The word before the dot. */
export function nameOf(type: Exclude<FilterClause["type"], "attribute">): string {
  return { tag: "tags", metric: "metrics", param: "params", dataset: "datasets" }[type];
}
