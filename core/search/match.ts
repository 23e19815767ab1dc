import type { FilterClause } from "./filter.ts";

/** What a filter looks at. */
interface Searchable {
  attribute(key: string): string | number | undefined;
  tag(key: string): string | undefined;
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
      const test = compare(comparator, value);
      return (item: Searchable) => {
        const found = type === "tag" ? item.tag(key) : item.attribute(key);
        return found !== undefined && test(found);
      };
    });
  return (item) => (prompts || item.tag(PROMPT) !== "true") && tests.every((test) => test(item));
}

function compare(comparator: string, value: FilterClause["value"]): (found: string | number) => boolean {
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
