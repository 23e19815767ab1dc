/**
 * An identifier for SQL text, whatever characters it holds. Every name that comes from a spec or from data goes
 * through here. DuckDB has no way to write a NUL or an empty name, so those are bugs of the caller.
 */
export function identifier(name: string): string {
  if (name === "" || name.includes("\0")) throw new TypeError("not an SQL identifier");
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text literal for SQL text: paths, null texts, values from a spec. Backslashes are plain characters. */
export function literal(text: string): string {
  if (!text.includes("\0")) return `'${text.replaceAll("'", "''")}'`;
  return `(${text
    .split("\0")
    .map((part) => literal(part))
    .join(" || chr(0) || ")})`;
}

/** A list literal of texts. */
export function literals(texts: readonly string[]): string {
  return `[${texts.map(literal).join(", ")}]`;
}
