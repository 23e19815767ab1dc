/** Whether a ref's whole name fits a ruleset's pattern: `*` and `?` stop at a slash, `**` followed by a slash does not. */
export function fits(pattern: string, ref: string): boolean {
  const source = pattern
    .split(/(\*\*\/|\*|\?)/)
    .map((part) => GLOBS[part] ?? part.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"))
    .join("");
  return new RegExp(`^${source}$`).test(ref);
}

const GLOBS: Readonly<Record<string, string>> = { "**/": "(?:.*/)?", "*": "[^/]*", "?": "[^/]" };
