/** Markdown's entities as the characters that a reader sees. */
export function decoded(markdown: string): string {
  const NAMED: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"' };
  return markdown
    .replaceAll("<span>$</span>", "$")
    .replace(/&(?:#(\d+)|(\w+));/g, (whole, code, name) =>
      code ? String.fromCodePoint(Number(code)) : (NAMED[name] ?? whole),
    );
}

/**
 * What GitHub would make of one line of text: first Markdown, which reads the source, then the page's filters
 * (mentions, references, links, emoji), which read the text after entities are decoded.
 */
export function activeConstructs(line: string): string[] {
  const source = line.replaceAll("<span>$</span>", "S");
  const words = decoded(line);
  const readInSource: Record<string, RegExp> = {
    html: /<|&(?!#\d+;|amp;|lt;|gt;|quot;)/,
    markup: /[`*~|\\[\]$]/,
    emphasis: /(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/,
    block: /^(?:#|>|[-+]\s|[-+]$|--|=|\d{1,9}[.)](?:\s|$)|\s)/,
    "link in the source": /www\.|:\/\/|@[a-z0-9]/i,
    lines: /[\n\r\u2028\u2029]/,
  };
  const readOnPage: Record<string, RegExp> = {
    mention: /@[a-z0-9]/i,
    reference: /#\d|\bgh-\d/i,
    link: /[a-z]:\/\/|www\.|(?:mailto|xmpp):[^\s\u200b]/i,
    emoji: /:(?!\d\d:)[a-z0-9_+-]+:/i,
    hidden: /[\p{Cc}\u202a-\u202e\u2066-\u2069\ufeff]/u,
  };
  const found = (rules: Record<string, RegExp>, text: string) =>
    Object.keys(rules).filter((name) => rules[name]?.test(text));
  return [...found(readInSource, source), ...found(readOnPage, words)];
}
