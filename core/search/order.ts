import type { Searched } from "./filter.ts";
import { refuse } from "./refuse.ts";

/** What results are ordered by, the most important first. */
export interface OrderKey {
  key: "name" | "version_number" | "creation_timestamp" | "last_updated_timestamp";
  ascending: boolean;
}

/** Each key by the names that MLflow gives it. */
const KEYS: Record<Searched, Readonly<Record<string, OrderKey["key"]>>> = {
  models: { name: "name", timestamp: "last_updated_timestamp", last_updated_timestamp: "last_updated_timestamp" },
  versions: {
    name: "name",
    version_number: "version_number",
    creation_timestamp: "creation_timestamp",
    last_updated_timestamp: "last_updated_timestamp",
  },
};

/** What MLflow puts last, so that no two are equal. */
const TIES: Record<Searched, readonly OrderKey[]> = {
  models: [{ key: "name", ascending: true }],
  versions: [
    { key: "name", ascending: true },
    { key: "version_number", ascending: false },
  ],
};

const NATURAL: Record<Searched, readonly OrderKey[]> = {
  models: [],
  versions: [{ key: "last_updated_timestamp", ascending: false }],
};

/** Reads `order_by`, and completes it to an order in which no two are equal. Rejects with SEARCH_INVALID, in MLflow's words. */
export function parseOrder(clauses: readonly string[], searched: Searched): OrderKey[] {
  const asked = clauses.length === 0 ? NATURAL[searched] : clauses.map((clause) => parseClause(clause, searched));
  const keys = asked.map(({ key }) => key);
  if (new Set(keys).size < keys.length)
    refuse(`\`order_by\` contains duplicate fields: [${clauses.map((clause) => `'${clause}'`).join(", ")}]`);
  return [...asked, ...TIES[searched].filter(({ key }) => !keys.includes(key))];
}

/** The inverse of parseOrder, for a whole order. */
export function formatOrder(order: readonly OrderKey[]): string[] {
  return order.map(({ key, ascending }) => `${key} ${ascending ? "ASC" : "DESC"}`);
}

function parseClause(clause: string, searched: Searched): OrderKey {
  const [, name = "", direction] = /^\s*(\S+?)(?:\s+(\w+))?$/.exec(clause) ?? [];
  const key = /^`[^`]*`$/.test(name) ? name.slice(1, -1) : name;
  if (!/^[A-Za-z_][\w.]*$/.test(key)) refuse(`Invalid order_by clause '${clause}'. Could not be parsed.`);
  if (direction !== undefined && !/^(asc|desc)$/i.test(direction))
    refuse(`Invalid ordering key in order_by clause '${clause}'.`);
  const ascending = direction?.toLowerCase() !== "desc";
  const known = KEYS[searched];
  const plain = searched === "versions" ? key.replace(/^(attribute|attributes|attr|run)\./, "") : key;
  if (Object.hasOwn(known, plain)) return { key: known[plain] as OrderKey["key"], ascending };
  if (searched === "models")
    return refuse(`Invalid order by key '${key}' specified. Valid keys are '{'name', 'timestamp'}'`);
  const valid = Object.keys(known).map((each) => `'${each}'`);
  return refuse(`Invalid attribute key '${plain}' specified. Valid keys are '{${valid.join(", ")}}'`);
}
