import { refuse } from "./refuse.ts";
import { isQuoted, listItems, type Token, tokenize } from "./tokens.ts";

/*
 * MLflow's filters, as its registry reads them:
 *   filter     = comparison { "AND" comparison }              (any case; MLflow does not miss a missing AND)
 *   comparison = name operator value
 *   name       = attribute | ("attribute" | "tag" | "tags") "." key
 *   key        = plain | "`" any "`" | quoted
 *   value      = quoted | number (versions) | "(" quoted { "," quoted } ")"
 *   quoted     = "'" any "'" | '"' any '"'                     (what stands between the quotes is the value, as it is)
 */

export type Searched = "models" | "versions";

export interface FilterClause {
  type: "attribute" | "tag";
  key: string;
  comparator: string;
  value: string | number | readonly string[];
}

/** The attributes of each that a filter may name. */
const ATTRIBUTES = {
  models: ["name"],
  versions: ["name", "run_id", "source_path", "version_number"],
} as const satisfies Record<Searched, readonly string[]>;

const WORDS = ["LIKE", "ILIKE", "RLIKE"];
const NUMERIC = ["=", "!=", ">", ">=", "<", "<="];
const TEXT = ["=", "!=", "LIKE", "ILIKE"];
const LISTED = ["IN", "NOT IN"];
const MAX_FILTER = 20_000;

/** What a filter asks for; nothing where it is empty. Rejects with SEARCH_INVALID, in MLflow's own words. */
export function parseFilter(filter: string, searched: Searched): FilterClause[] {
  if (filter === "") return [];
  if (filter.length > MAX_FILTER) refuse(`Invalid filter. It must be at most ${MAX_FILTER} characters.`);
  const tokens = tokenize(filter);
  if (tokens.length === 0) refuse(`Invalid filter '${filter}'. Could not be parsed.`);
  const semicolon = tokens.findIndex(({ text }) => text === ";");
  if (semicolon >= 0 && semicolon < tokens.length - 1)
    refuse(`Search filter contained multiple expression ${pythonText(filter)}. Provide AND-ed expression list.`);
  const comparisons = clauses(tokens).map((clause) => comparison(clause, searched));
  for (const each of comparisons) checkComparator(each, searched);
  return comparisons.map((each) => ({ ...each, value: checkedValue(each) }));
}

/** The inverse of parseFilter. Throws if a value can be written in no quotes: parseFilter never gives such a one. */
export function formatFilter(comparisons: readonly FilterClause[]): string {
  return comparisons
    .map(({ type, key, comparator, value }) => {
      const name = type === "tag" ? `tags.${formatKey(key)}` : key;
      return `${name} ${comparator} ${formatValue(value)}`;
    })
    .join(" AND ");
}

function formatKey(key: string): string {
  if (/^[A-Za-z_]\w*$/.test(key)) return key;
  if (!key.includes("`")) return `\`${key}\``;
  return quote(key);
}

function formatValue(value: FilterClause["value"]): string {
  if (typeof value === "number") return String(value);
  return typeof value === "string" ? quote(value) : `(${value.map(quote).join(", ")})`;
}

function quote(value: string): string {
  const written = [`'${value}'`, `"${value}"`].find(isQuoted);
  if (written === undefined) throw new Error(`no quotes hold ${JSON.stringify(value)}`);
  return written;
}

type Clause = [left: Token, operator: string, right: Token];

/** Triples of name, operator and value. Rejects all else at once, as MLflow does. */
function clauses(tokens: readonly Token[]): Clause[] {
  const found: Clause[] = [];
  const invalid: string[] = [];
  for (let at = 0; at < tokens.length; ) {
    const left = tokens[at] as Token;
    const word = left.text.toUpperCase();
    if (left.kind === "operand" && word === "AND") {
      at += 1;
      continue;
    }
    const operator = operatorAt(tokens, at + 1);
    const right = operator && tokens[at + 1 + operator.tokens];
    if (operator && right && isSide(left) && isSide(right)) {
      found.push([left, operator.text, right]);
      at += operator.tokens + 2;
    } else {
      invalid.push(left.text);
      at += 1;
    }
  }
  if (invalid.length > 0) refuse(`Invalid clause(s) in filter string: ${invalid.join(", ")}`);
  return found;
}

const isSide = ({ kind }: Token) => kind !== "operator" && kind !== "other";

function operatorAt(tokens: readonly Token[], at: number): { text: string; tokens: number } | undefined {
  const [first, second, third] = [tokens[at], tokens[at + 1], tokens[at + 2]];
  if (first === undefined) return undefined;
  if (first.kind === "operator") return { text: first.text, tokens: 1 };
  const word = first.text.toUpperCase();
  if (WORDS.includes(word)) return { text: word, tokens: 1 };
  if (word === "IN" && second?.kind === "list") return { text: "IN", tokens: 1 };
  const not = word === "NOT" && second?.text.toUpperCase() === "IN" && third?.kind === "list";
  return not ? { text: "NOT IN", tokens: 2 } : undefined;
}

function comparison([left, comparator, right]: Clause, searched: Searched): FilterClause {
  if (left.kind !== "operand") refuse(`Invalid comparison clause. Expected 'Identifier' found '${left.text}'`);
  const { type, key } = identifier(left.text, searched);
  return { type, key, comparator, value: valueAt(type, key, right, searched) };
}

function identifier(name: string, searched: Searched): Pick<FilterClause, "type" | "key"> {
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

function unwrapped(key: string): string {
  return /^(?:'.*'|".*"|`.*`)$/s.test(key) && key.length >= 2 ? key.slice(1, -1) : key;
}

function valueAt(type: FilterClause["type"], key: string, token: Token, searched: Searched): FilterClause["value"] {
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

function listOf(key: string, text: string, searched: Searched): string[] {
  const supported = searched === "models" ? ["name"] : ["name", "run_id"];
  if (!supported.includes(key))
    refuse(
      `Only [${supported.map((each) => `'${each}'`).join(", ")}] attributes support comparison with a list of quoted string values.`,
    );
  const items = listItems(text);
  if (items === undefined)
    return refuse(
      `While parsing a list in the query, expected string value, punctuation, or whitespace, but got different type in list: ${text}`,
    );
  if (items.length === 0)
    refuse("While parsing a list in the query, expected a non-empty list of string values, but got empty list");
  return items;
}

/** A pattern is held against each character of what may be a long text. */
const MAX_PATTERN = 1_000;

function checkComparator({ type, key, comparator, value }: FilterClause, searched: Searched): void {
  if (comparator.endsWith("LIKE") && String(value).length > MAX_PATTERN)
    refuse(`A pattern of ${comparator} has at most ${MAX_PATTERN} characters`);
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

function pythonSet(items: readonly string[]): string {
  return `{${items.map((item) => `'${item}'`).join(", ")}}`;
}

/** A text as Python shows it. */
function pythonText(text: string): string {
  return text.includes("'") && !text.includes('"') ? `"${text}"` : `'${text.replaceAll("'", "\\'")}'`;
}
