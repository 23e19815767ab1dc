import type { Searched } from "./filter.ts";
import { refuse } from "./refuse.ts";

/** What results are ordered by, the most important first. */
export interface OrderKey {
  key: "name" | "version_number" | "creation_timestamp" | "last_updated_timestamp" | `metrics.${string}`;
  ascending: boolean;
}

/** `list` is our own list of models: as MLflow's, and by metrics, which MLflow knows in its searches of runs. */
type Ordered = Searched | "list";

const OF_MODELS = {
  name: "name",
  timestamp: "last_updated_timestamp",
  last_updated_timestamp: "last_updated_timestamp",
} as const;

/** Each key by the names that MLflow gives it. */
const KEYS: Record<Ordered, Readonly<Record<string, OrderKey["key"]>>> = {
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
};

const NATURAL: Record<Ordered, readonly OrderKey[]> = {
  models: [],
  list: [],
  versions: [{ key: "last_updated_timestamp", ascending: false }],
};

/** Reads `order_by`, and completes it to an order in which no two are equal. Rejects with SEARCH_INVALID, in MLflow's words. */
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
    const metric = metricOf(key);
    const name = metric === undefined || /^[^\s`]+$/.test(metric) ? key : `metrics.\`${metric}\``;
    return `${name} ${ascending ? "ASC" : "DESC"}`;
  });
}

/** The name of the metric that a key is; undefined for any other one. */
export function metricOf(key: OrderKey["key"]): string | undefined {
  return key.startsWith("metrics.") ? key.slice("metrics.".length) : undefined;
}

/** A name with spaces, as of one class's value, stands in backticks. */
const METRIC = /^\s*metrics?\.(?:`([^`]+)`|([^\s`]+))(?:\s+(asc|desc))?\s*$/i;

function parseClause(clause: string, searched: Ordered): OrderKey {
  const metric = searched === "list" ? METRIC.exec(clause) : null;
  if (metric) return { key: `metrics.${metric[1] ?? metric[2]}`, ascending: metric[3]?.toLowerCase() !== "desc" };
  const [, name = "", direction] = /^\s*(\S+?)(?:\s+(\w+))?$/.exec(clause) ?? [];
  const key = /^`[^`]*`$/.test(name) ? name.slice(1, -1) : name;
  if (!/^[A-Za-z_][\w.]*$/.test(key)) refuse(`Invalid order_by clause '${clause}'. Could not be parsed.`);
  if (direction !== undefined && !/^(asc|desc)$/i.test(direction))
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
