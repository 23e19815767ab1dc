import type { FilterClause } from "./clause.ts";

type Value = string | number | undefined;

/** What a filter looks at. */
export interface Searchable {
  /** Several values where a name has several: one of them has to match, and none where a comparator says not. */
  attribute(key: string): Value | readonly string[];
  tag(key: string): string | undefined;
  metric?(key: string): number | undefined;
  param?(key: string): string | undefined;
  dataset?(key: string): readonly string[];
}

/** MLflow keeps prompts among its models, and marks them: they are found only where they are asked for. */
const PROMPT = "mlflow.prompt.is_prompt";

/** Compiles a filter, once for many items. What lacks a tag or an attribute matches no comparison with it. */
export function compileFilter(comparisons: readonly FilterClause[]): (item: Searchable) => boolean {
  const prompt = comparisons.find(({ type, key }) => type === "tag" && key === PROMPT);
  const wanted = String(prompt?.value).toLowerCase();
  const prompts =
    (prompt?.comparator === "=" && wanted === "true") || (prompt?.comparator === "!=" && wanted === "false");
  const tests = comparisons
    .filter(({ type, key }) => prompts || type !== "tag" || key !== PROMPT)
    .map(({ type, key, comparator, value }) => {
      if (comparator.startsWith("IS "))
        return (item: Searchable) => (item[type]?.(key) === undefined) === (comparator === "IS NULL");
      const test = compare(comparator, value ?? "");
      const isNegative = comparator === "!=" || comparator === "NOT IN";
      return (item: Searchable) => {
        const found = item[type]?.(key);
        if (Array.isArray(found)) return isNegative ? found.every(test) : found.some(test);
        return found !== undefined && test(found as string | number);
      };
    });
  return (item) => (prompts || item.tag(PROMPT) !== "true") && tests.every((test) => test(item));
}

function compare(comparator: string, value: NonNullable<FilterClause["value"]>): (found: string | number) => boolean {
  switch (comparator) {
    case "=":
      return (found) => found === value;
    case "!=":
      return (found) => found !== value;
    case ">":
      return (found) => found > value;
    case ">=":
      return (found) => found >= value;
    case "<":
      return (found) => found < value;
    case "<=":
      return (found) => found <= value;
    case "LIKE":
      return likeness(String(value));
    case "ILIKE": {
      const matches = likeness(String(value).toLowerCase());
      return (found) => matches(String(found).toLowerCase());
    }
    case "IN":
    case "NOT IN": {
      const listed = new Set<string | number>(Array.isArray(value) ? value : []);
      return (found) => listed.has(found) === (comparator === "IN");
    }
    default:
      throw new Error(`no such comparator: ${comparator}`);
  }
}

/**
 * SQL's LIKE: `%` is any text, `_` any character. By hand, since a pattern of many `%` made into a regular expression
 * could keep a server busy for good: here each character is looked at once for each of the pattern's at most.
 */
function likeness(pattern: string): (found: string | number) => boolean {
  // What most people ask for: a word anywhere.
  const [, word] = /^%([^%_\p{Surrogate}]*)%$/u.exec(pattern) ?? [];
  if (word !== undefined) return (found) => String(found).includes(word);
  const wanted = [...pattern];
  return (found) => {
    const text = [...String(found)];
    let [at, in_] = [0, 0];
    let [any, from] = [-1, 0];
    while (at < text.length) {
      if (in_ < wanted.length && wanted[in_] === "%") {
        any = in_++;
        from = at;
      } else if (in_ < wanted.length && (wanted[in_] === "_" || wanted[in_] === text[at])) {
        at++;
        in_++;
      } else if (any >= 0) {
        in_ = any + 1;
        at = ++from;
      } else return false;
    }
    while (wanted[in_] === "%") in_++;
    return in_ === wanted.length;
  };
}
