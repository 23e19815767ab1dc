import type { FilterClause, Searched } from "./clause.ts";
import { refuse } from "./refuse.ts";
import { checkRegistryClause, registryComparison } from "./registry-grammar.ts";
import { runsComparison } from "./runs-grammar.ts";
import { isQuoted, type Token, tokenize } from "./tokens.ts";
import { nameOf } from "./vocabulary.ts";
import { wordsAlone } from "./words-alone.ts";

/*
 * MLflow's filters. Of its registry:
 *   filter     = comparison { "AND" comparison }              (any case; MLflow does not miss a missing AND)
 *   comparison = name operator value
 *   name       = attribute | ("attribute" | "tag" | "tags") "." key
 *   key        = plain | "`" any "`" | quoted
 *   value      = quoted | number (versions) | "(" quoted { "," quoted } ")"
 *   quoted     = "'" any "'" | '"' any '"'                     (what stands between the quotes is the value, as it is)
 * Of runs, and of the portal's models (vocabulary.ts has the names):
 *   comparison = name operator value | name "IS" [ "NOT" ] "NULL"
 *   name       = attribute | entity "." key                   (metrics, params, tags, attributes, datasets)
 *   filter     = … | word { word }                            (no operator anywhere: each is in the name, in any case)
 */

const WORDS = ["LIKE", "ILIKE", "RLIKE"];
const MAX_FILTER = 20_000;
/** A pattern is held against each character of what may be a long text. */
const MAX_PATTERN = 1_000;

/** What a filter asks for; nothing where it is empty. Rejects with SEARCH_INVALID, in MLflow's own words. */
export function parseFilter(filter: string, searched: Searched): FilterClause[] {
  if (filter === "") return [];
  if (filter.length > MAX_FILTER) refuse(`Invalid filter. It must be at most ${MAX_FILTER} characters.`);
  if (searched === "models" || searched === "versions") {
    const found = clausesOf(filter, searched).map(([left, operator, right]) =>
      registryComparison(named(left), operator, right, searched),
    );
    return found.map((each) => checkRegistryClause(checkPattern(each), searched));
  }
  return (
    wordsAlone(filter, searched) ??
    clausesOf(filter, searched).map(([left, operator, right]) =>
      checkPattern(runsComparison(named(left), operator, right, searched)),
    )
  );
}

/** The inverse of parseFilter. Throws if a value can be written in no quotes: parseFilter never gives such a one. */
export function formatFilter(comparisons: readonly FilterClause[]): string {
  return comparisons
    .map(({ type, key, comparator, value }) => {
      const written = type === "attribute" ? key : `${nameOf(type)}.${formatKey(key)}`;
      return `${written} ${comparator}${value === null ? "" : ` ${formatValue(value)}`}`;
    })
    .join(" AND ");
}

function formatKey(key: string): string {
  if (/^[A-Za-z_]\w*$/.test(key)) return key;
  if (!key.includes("`")) return `\`${key}\``;
  return quote(key);
}

function formatValue(value: NonNullable<FilterClause["value"]>): string {
  if (typeof value === "number") return String(value);
  return typeof value === "string" ? quote(value) : `(${value.map(quote).join(", ")})`;
}

function quote(value: string): string {
  const written = [`'${value}'`, `"${value}"`].find(isQuoted);
  if (written === undefined) throw new Error(`no quotes hold ${JSON.stringify(value)}`);
  return written;
}

type Clause = [left: Token, operator: string, right: Token];

const NOTHING: Token = { kind: "other", text: "" };

/** Triples of name, operator and value. Rejects all else at once, as MLflow does. */
function clausesOf(filter: string, searched: Searched): Clause[] {
  const ofRuns = searched === "runs" || searched === "catalog";
  const tokens = tokenize(filter, { fractions: ofRuns });
  if (tokens.length === 0) refuse(`Invalid filter '${filter}'. Could not be parsed.`);
  const semicolon = tokens.findIndex(({ text }) => text === ";");
  if (semicolon >= 0 && semicolon < tokens.length - 1)
    refuse(`Search filter contained multiple expression ${pythonText(filter)}. Provide AND-ed expression list.`);
  const found: Clause[] = [];
  const invalid: string[] = [];
  for (let at = 0; at < tokens.length; ) {
    const left = tokens[at] as Token;
    const word = left.text.toUpperCase();
    if (left.kind === "operand" && word === "AND") {
      at += 1;
      continue;
    }
    const unary = ofRuns ? nullTestAt(tokens, at + 1) : undefined;
    const operator = unary ?? operatorAt(tokens, at + 1);
    const right = unary ? NOTHING : operator && tokens[at + 1 + operator.tokens];
    if (operator && right && isSide(left) && (unary || isSide(right))) {
      found.push([left, operator.text, right]);
      at += operator.tokens + (unary ? 1 : 2);
    } else {
      invalid.push(ofRuns ? `'${left.text}'` : left.text);
      at += 1;
    }
  }
  if (invalid.length > 0)
    refuse(`Invalid clause(s) in filter string: ${invalid.join(", ")}${ofRuns ? `. ${HELP[searched]}` : ""}`);
  return found;
}

const HELP = {
  runs: "Words alone are looked for in names and notes; beside a comparison, write metrics.accuracy > 0.9 AND words LIKE '%tree%'.",
  catalog:
    "Words alone are looked for in names; beside a comparison, write metrics.accuracy > 0.9 AND name LIKE '%tree%'.",
};

const isSide = ({ kind }: Token) => kind !== "operator" && kind !== "other";

function named(left: Token): string {
  if (left.kind !== "operand") refuse(`Invalid comparison clause. Expected 'Identifier' found '${left.text}'`);
  return left.text;
}

interface Operator {
  text: string;
  tokens: number;
}

function operatorAt(tokens: readonly Token[], at: number): Operator | undefined {
  const [first, second, third] = [tokens[at], tokens[at + 1], tokens[at + 2]];
  if (first === undefined) return undefined;
  if (first.kind === "operator") return { text: first.text, tokens: 1 };
  const word = first.text.toUpperCase();
  if (WORDS.includes(word)) return { text: word, tokens: 1 };
  if (word === "IN" && second?.kind === "list") return { text: "IN", tokens: 1 };
  const not = word === "NOT" && second?.text.toUpperCase() === "IN" && third?.kind === "list";
  return not ? { text: "NOT IN", tokens: 2 } : undefined;
}

function nullTestAt(tokens: readonly Token[], at: number): Operator | undefined {
  const [first, second, third] = [0, 1, 2].map((more) => tokens[at + more]?.text.toUpperCase());
  if (first !== "IS") return undefined;
  if (second === "NULL") return { text: "IS NULL", tokens: 2 };
  return second === "NOT" && third === "NULL" ? { text: "IS NOT NULL", tokens: 3 } : undefined;
}

function checkPattern(clause: FilterClause): FilterClause {
  if (clause.comparator.endsWith("LIKE") && String(clause.value).length > MAX_PATTERN)
    refuse(`A pattern of ${clause.comparator} has at most ${MAX_PATTERN} characters`);
  return clause;
}

/** A text as Python shows it. */
function pythonText(text: string): string {
  return text.includes("'") && !text.includes('"') ? `"${text}"` : `'${text.replaceAll("'", "\\'")}'`;
}
