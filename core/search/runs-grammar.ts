import type { FilterClause } from "./clause.ts";
import { pythonSet, refuse } from "./refuse.ts";
import { isQuoted, listItems, type Token, unwrapped } from "./tokens.ts";
import { DATASET_KEYS, VOCABULARIES } from "./vocabulary.ts";

const NUMERIC = ["=", "!=", ">", ">=", "<", "<="];
const TEXT = ["=", "!=", "LIKE", "ILIKE"];
const NULL_TESTS = ["IS NULL", "IS NOT NULL"];
const LISTED = ["IN", "NOT IN"];
const DATE = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d))?$/;

type OfRuns = "runs" | "catalog";

/**
 * A comparison as MLflow's search of runs reads it; a time may be a date in quotes, too. Rejects with SEARCH_INVALID, in
 * MLflow's words, with the names that there are here.
 */
export function runsComparison(name: string, comparator: string, right: Token, searched: OfRuns): FilterClause {
  const { type, key } = identifier(name, searched);
  const isNumber = type === "metric" || (type === "attribute" && isNumeric(key, searched));
  if (NULL_TESTS.includes(comparator)) {
    if (type !== "tag" && type !== "param")
      refuse(`IS NULL / IS NOT NULL is only supported for tags and params, not for '${type}' '${key}'`);
    return { type, key, comparator, value: null };
  }
  const value = isNumber ? numberAt(type, key, right) : textAt(type, key, right, searched);
  const known = isNumber
    ? NUMERIC
    : [...TEXT, ...(type === "attribute" || type === "dataset" ? LISTED : [...NULL_TESTS])];
  const fits = known.includes(comparator) && Array.isArray(value) === LISTED.includes(comparator);
  if (!fits) refuse(`Invalid comparator '${comparator}' not one of '${pythonSet(known)}'`);
  return { type, key, comparator, value };
}

function identifier(name: string, searched: OfRuns): Pick<FilterClause, "type" | "key"> {
  const { entities, text, numbers } = VOCABULARIES[searched];
  const dot = name.indexOf(".");
  const entity = dot < 0 ? "attribute" : unwrapped(name.slice(0, dot));
  const key = unwrapped(name.slice(dot + 1));
  const type = Object.hasOwn(entities, entity) ? entities[entity] : undefined;
  if (type === undefined) {
    const valid = [...new Set(Object.values(entities))].map((each) => `'${each}'`);
    return refuse(`Invalid entity type '${entity}'. Valid values are [${valid.join(", ")}]`);
  }
  if (type === "dataset" && !DATASET_KEYS.includes(key))
    refuse(`Invalid dataset key '${key}' specified. Valid keys are '${pythonSet(DATASET_KEYS)}'`);
  if (type !== "attribute") return { type, key };
  const attributes = { ...text, ...numbers };
  if (!Object.hasOwn(attributes, key))
    refuse(`Invalid attribute key '${key}' specified. Valid keys are '${pythonSet(Object.keys(attributes))}'`);
  return { type, key: attributes[key] as string };
}

function isNumeric(key: string, searched: OfRuns): boolean {
  return Object.values(VOCABULARIES[searched].numbers).includes(key);
}

function numberAt(type: FilterClause["type"], key: string, { kind, text }: Token): number {
  if (kind === "number" && Number.isFinite(Number(text))) return Number(text) + 0;
  const isTime = key.endsWith("_time") || key.endsWith("_timestamp");
  if (type === "attribute" && isTime && isQuoted(text) && DATE.test(text.slice(1, -1))) {
    const moment = Date.parse(text.slice(1, -1));
    if (!Number.isNaN(moment)) return moment;
  }
  return refuse(
    type === "metric"
      ? `Expected numeric value type for metric. Found ${text}`
      : `Expected numeric value type for numeric attribute: ${key}. Found ${text}`,
  );
}

function textAt(type: FilterClause["type"], key: string, { kind, text }: Token, searched: OfRuns): string | string[] {
  if (kind === "text" || kind === "operand") {
    if (isQuoted(text)) return text.slice(1, -1);
    refuse(
      `Parameter value is either not quoted or unidentified quote types used for string value ${text}. Use either single or double quotes.`,
    );
  }
  const { listed } = VOCABULARIES[searched];
  if (kind === "list" && type === "attribute" && !listed.includes(key))
    refuse(
      `Only [${listed.map((each) => `'${each}'`).join(", ")}] attributes support comparison with a list of quoted string values.`,
    );
  if (kind === "list" && (type === "attribute" || type === "dataset")) return listItems(text);
  if (type === "attribute") refuse(`Expected a quoted string value for attributes. Got value ${text}`);
  if (type === "dataset") refuse(`Expected a quoted string value for dataset attributes. Got value ${text}`);
  const called = type === "param" ? "parameter" : type;
  return refuse(`Expected a quoted string value for ${called} (e.g. 'my-value'). Got value ${text}`);
}
