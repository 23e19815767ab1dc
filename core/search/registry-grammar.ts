import type { FilterClause } from "./clause.ts";
import { pythonSet, refuse } from "./refuse.ts";
import { isQuoted, listItems, type Token, unwrapped } from "./tokens.ts";

type OfRegistry = "models" | "versions";

/** The attributes of each that a filter may name. */
const ATTRIBUTES = {
  models: ["name"],
  versions: ["name", "run_id", "source_path", "version_number"],
} as const satisfies Record<OfRegistry, readonly string[]>;

const NUMERIC = ["=", "!=", ">", ">=", "<", "<="];
const TEXT = ["=", "!=", "LIKE", "ILIKE"];
const LISTED = ["IN", "NOT IN"];

/** A comparison as MLflow's registry reads it. Rejects with SEARCH_INVALID, in its words. */
export function registryComparison(name: string, comparator: string, right: Token, searched: OfRegistry): FilterClause {
  const { type, key } = identifier(name, searched);
  return { type, key, comparator, value: valueAt(type, key, right, searched) };
}

/** What MLflow checks once all of a filter is read; completes the clause. */
export function checkRegistryClause(clause: FilterClause, searched: OfRegistry): FilterClause {
  checkComparator(clause, searched);
  return { ...clause, value: checkedValue(clause) };
}

function identifier(name: string, searched: OfRegistry): Pick<FilterClause, "type" | "key"> {
  const dot = name.indexOf(".");
  const entity = dot < 0 ? "attribute" : name.slice(0, dot);
  const key = name.slice(dot + 1);
  if (!["attribute", "tag", "tags"].includes(entity))
    refuse(`Invalid entity type '${entity}'. Valid entity types are ('attribute', 'tag', 'tags')`);
  const attributes: readonly string[] = ATTRIBUTES[searched];
  if (entity === "attribute" && !attributes.includes(key))
    refuse(`Invalid attribute key '${key}' specified. Valid keys are '${pythonSet(attributes)}'`);
  return { type: entity === "attribute" ? "attribute" : "tag", key: unwrapped(key) };
}

function valueAt(type: FilterClause["type"], key: string, token: Token, searched: OfRegistry): FilterClause["value"] {
  const { kind, text } = token;
  if (kind === "text" || kind === "operand") {
    if (isQuoted(text)) return text.slice(1, -1);
    refuse(
      `Parameter value is either not quoted or unidentified quote types used for string value ${text}. Use either single or double quotes.`,
    );
  }
  if (type === "tag") refuse(`Expected a quoted string value for tag (e.g. 'my-value'). Got value ${text}`);
  if (kind === "list") return listOf(key, text, searched);
  if (kind === "number" && searched === "versions") {
    if (key === "version_number") return Number(text);
    refuse(
      `Only the '${pythonSet(["creation_timestamp", "last_updated_timestamp", "version_number"])}' attributes support comparison with numeric values.`,
    );
  }
  return refuse(`Expected a quoted string value or a list of quoted string values for attributes. Got value ${text}`);
}

function listOf(key: string, text: string, searched: OfRegistry): string[] {
  const supported = searched === "models" ? ["name"] : ["name", "run_id"];
  if (!supported.includes(key))
    refuse(
      `Only [${supported.map((each) => `'${each}'`).join(", ")}] attributes support comparison with a list of quoted string values.`,
    );
  return listItems(text);
}

function checkComparator({ type, key, comparator, value }: FilterClause, searched: OfRegistry): void {
  if (type === "tag") {
    if (!TEXT.includes(comparator)) refuse(`Invalid comparator for tag: ${comparator}`);
  } else if (key === "version_number") {
    if (!NUMERIC.includes(comparator)) refuse(`Invalid comparator for attribute ${key}: ${comparator}`);
  } else {
    const listed = key === "name" || (searched === "versions" && key === "run_id");
    const known = TEXT.includes(comparator) || (listed && LISTED.includes(comparator));
    if (!known || Array.isArray(value) !== LISTED.includes(comparator))
      refuse(`Invalid comparator for attribute: ${comparator}`);
  }
}

/** A version's number may stand in quotes; nothing else may stand for it. */
function checkedValue({ key, type, value }: FilterClause): FilterClause["value"] {
  if (type !== "attribute" || key !== "version_number") return value;
  const number = typeof value === "string" && /^\s*[+-]?\d+\s*$/.test(value) ? Number(value) : value;
  if (typeof number === "number" && Number.isInteger(number)) return number;
  return refuse(`Invalid value for numeric attribute '${key}': ${typeof value === "string" ? `'${value}'` : value}`);
}
