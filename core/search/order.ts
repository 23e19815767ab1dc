import type { Searched } from "./clause.ts";
import { pythonSet, refuse } from "./refuse.ts";
import { VOCABULARIES } from "./vocabulary.ts";

/** What results are ordered by, the most important first. */
export interface OrderKey {
  key:
    | ("name" | "version_number" | "creation_timestamp" | "last_updated_timestamp")
    | `${"metrics" | "params" | "tags"}.${string}`
    | `attributes.${string}`;
  ascending: boolean;
}

/** `list` is our own list of models: as MLflow's, and by metrics, which MLflow knows in its searches of runs. */
type OfRegistry = "models" | "versions" | "list";
type Ordered = Searched | OfRegistry;

const OF_MODELS = {
  name: "name",
  timestamp: "last_updated_timestamp",
  last_updated_timestamp: "last_updated_timestamp",
} as const;

/** Each key by the names that MLflow gives it. */
const KEYS: Record<OfRegistry, Readonly<Record<string, OrderKey["key"]>>> = {
  models: OF_MODELS,
  list: OF_MODELS,
  versions: {
    name: "name",
    version_number: "version_number",
    creation_timestamp: "creation_timestamp",
    last_updated_timestamp: "last_updated_timestamp",
  },
};

/** What MLflow puts last, so that no two are equal. */
const TIES: Record<Ordered, readonly OrderKey[]> = {
  models: [{ key: "name", ascending: true }],
  list: [{ key: "name", ascending: true }],
  versions: [
    { key: "name", ascending: true },
    { key: "version_number", ascending: false },
  ],
  runs: [
    { key: "attributes.start_time", ascending: false },
    { key: "attributes.run_id", ascending: true },
  ],
  catalog: [{ key: "attributes.name", ascending: true }],
};

const NATURAL: Record<Ordered, readonly OrderKey[]> = {
  models: [],
  list: [],
  versions: [{ key: "last_updated_timestamp", ascending: false }],
  runs: [],
  catalog: [],
};

/** Reads `order_by` (`metrics.accuracy DESC`), and completes it to an order in which no two are equal. Rejects with SEARCH_INVALID, in MLflow's words. */
export function parseOrder(clauses: readonly string[], searched: Ordered): OrderKey[] {
  const asked = clauses.length === 0 ? NATURAL[searched] : clauses.map((clause) => parseClause(clause, searched));
  const keys = asked.map(({ key }) => key);
  if (new Set(keys).size < keys.length)
    refuse(`\`order_by\` contains duplicate fields: [${clauses.map((clause) => `'${clause}'`).join(", ")}]`);
  return [...asked, ...TIES[searched].filter(({ key }) => !keys.includes(key))];
}

/** The inverse of parseOrder, for a whole order. */
export function formatOrder(order: readonly OrderKey[]): string[] {
  return order.map(({ key, ascending }) => {
    const dot = key.indexOf(".");
    const name = /^[^\s`]+$/.test(key) ? key : `${key.slice(0, dot)}.\`${key.slice(dot + 1)}\``;
    return `${name} ${ascending ? "ASC" : "DESC"}`;
  });
}

/** The name of the metric that a key is; undefined for any other one. */
export function metricOf(key: OrderKey["key"]): string | undefined {
  return key.startsWith("metrics.") ? key.slice("metrics.".length) : undefined;
}

/** A name with spaces, as of one class's value, stands in backticks. */
const METRIC = /^\s*metrics?\.(?:`([^`]+)`|([^\s`]+))(?:\s+(asc|desc))?\s*$/i;

/** The same of what a search of runs knows, too. */
const NAMED = /^\s*(?:(\w+)\.)?(?:`([^`]+)`|([^\s`]+))(?:\s+(\S+))?\s*$/;
const DIRECTION = /^(asc|desc)$/i;

function parseClause(clause: string, searched: Ordered): OrderKey {
  if (searched === "runs" || searched === "catalog") return parseNamed(clause, searched);
  const metric = searched === "list" ? METRIC.exec(clause) : null;
  if (metric) return { key: `metrics.${metric[1] ?? metric[2]}`, ascending: metric[3]?.toLowerCase() !== "desc" };
  const [, name = "", direction] = /^\s*(\S+?)(?:\s+(\w+))?$/.exec(clause) ?? [];
  const key = /^`[^`]*`$/.test(name) ? name.slice(1, -1) : name;
  if (!/^[A-Za-z_][\w.]*$/.test(key)) refuse(`Invalid order_by clause '${clause}'. Could not be parsed.`);
  if (direction !== undefined && !DIRECTION.test(direction))
    refuse(`Invalid ordering key in order_by clause '${clause}'.`);
  const ascending = direction?.toLowerCase() !== "desc";
  const known = KEYS[searched];
  const plain = searched === "versions" ? key.replace(/^(attribute|attributes|attr|run)\./, "") : key;
  if (Object.hasOwn(known, plain)) return { key: known[plain] as OrderKey["key"], ascending };
  if (searched === "list")
    return refuse(`Invalid order by key '${key}' specified. Valid keys are '{'name', 'timestamp', 'metrics.<name>'}'`);
  if (searched === "models")
    return refuse(`Invalid order by key '${key}' specified. Valid keys are '{'name', 'timestamp'}'`);
  const valid = Object.keys(known).map((each) => `'${each}'`);
  return refuse(`Invalid attribute key '${plain}' specified. Valid keys are '{${valid.join(", ")}}'`);
}

function parseNamed(clause: string, searched: "runs" | "catalog"): OrderKey {
  const { entities } = VOCABULARIES[searched];
  const [, word = "attribute", quoted, plain, direction] =
    NAMED.exec(clause) ?? refuse(`Invalid order_by clause '${clause}'. Could not be parsed.`);
  if (direction !== undefined && !DIRECTION.test(direction))
    refuse(`Invalid ordering key in order_by clause '${clause}'.`);
  const type = Object.hasOwn(entities, word) ? entities[word] : undefined;
  if (type === undefined || type === "dataset")
    return refuse(`Invalid entity type '${word}'. Valid values are ['metric', 'parameter', 'tag', 'attribute']`);
  const key = quoted ?? plain ?? "";
  const ascending = direction?.toLowerCase() !== "desc";
  if (type !== "attribute") return { key: `${type}s.${key}`, ascending };
  const attribute = attributeOf(key, searched);
  if (attribute !== undefined) return { key: `attributes.${attribute}`, ascending };
  const { text, numbers } = VOCABULARIES[searched];
  return refuse(
    `Invalid attribute key '${key}' specified. Valid keys are '${pythonSet(Object.keys({ ...text, ...numbers }))}'`,
  );
}

/** What an attribute is called in the end; undefined where there is none of that name. */
export function attributeOf(name: string, searched: "runs" | "catalog"): string | undefined {
  const { text, numbers } = VOCABULARIES[searched];
  const attributes = { ...text, ...numbers };
  return Object.hasOwn(attributes, name) ? attributes[name] : undefined;
}
