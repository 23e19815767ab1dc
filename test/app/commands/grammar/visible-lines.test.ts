import fc from "fast-check";
import { marked } from "marked";
import { expect, it } from "vitest";

import { visibleLines } from "../../../../app/commands/grammar/visible-lines.ts";

/** The lines with a command's look that count. */
const own = (body: string) => {
  const lines = body.split("\n");
  return [...visibleLines(body)].map((line) => lines[line - 1] ?? "").filter((line) => line.startsWith("/"));
};

it.each([
  ["alone", "/go"],
  ["after text", "Looks good.\n/go"],
  ["before text", "/go\nas we said"],
  ["after a closed fence", "```sh\n/no\n```\n/go"],
  ["after a fence with a longer end", "```\n/no\n`````\n/go"],
  ["after a quotation and an empty line", "> /no\n\n/go"],
  ["after a list", "- a\n- b\n\n/go"],
  ["between code spans", "`auc` is up\n/go\nand `f1` too"],
  ["after a lone backtick", "it's a ` b\n/go"],
  ["after an escaped backtick", "\\` a\n/go\n` b"],
  ["after folded details", "<details>\n\n/no\n\n</details>\n\n/go"],
  ["after a comment", "<!-- /no\n/no -->\n\n/go"],
  ["after a table and an empty line", "| a |\n|---|\n| b |\n\n/go"],
  ["after an element's name in code", "I used `<details>`\n/go"],
  ["after a comparison", "when a < b\n/go"],
  ["after a link in pointed brackets", "see <https://example.org>\n/go"],
  ["under a heading", "# Done\n/go"],
  ["underlined as a heading", "/go\n---\nBob"],
  ["in the middle of strong words", "**all is well\n/go\nand green**"],
  ["after an address", "ask ada@example.org\n/go"],
  ["after an image and an empty line", '<img src="x">\n\n/go'],
])("a line %s counts", (_, body) => {
  expect(own(body)).toEqual(["/go"]);
});

it.each([
  ["in a fence", "```\n/no\n```"],
  ["in a fence of tildes", "~~~\n/no\n~~~"],
  ["in a fence that is never closed", "```\n\n/no"],
  ["in a fence with a fence of the other kind", "```\n~~~\n/no\n~~~\n```"],
  ["in a fence that a shorter one does not close", "````\n```\n/no\n````"],
  ["in a fence whose seeming end has words", "```\n``` sh\n/no"],
  ["indented as code", "a\n\n    /no"],
  ["indented by a tab", "\t/no"],
  ["indented by a space", " /no"],
  ["quoted", "> /no"],
  ["that goes on a quotation", "> a\n/no"],
  ["that goes on a quotation in a list", "- > a\n/no"],
  ["in a code span over lines", "a ` b\n/no\nc ` d"],
  ["in a code span of two backticks", "``a ` b\n/no ` c\n``"],
  ["in a comment", "<!--\n\n/no\n\n-->"],
  ["in a comment within a paragraph", "a <!-- b\n/no\n--> c"],
  ["in a comment that is never closed", "<!--\n\n/no"],
  ["in details", "<details><summary>log</summary>\n\n/no\n\n</details>"],
  ["in details in details", "<details>\n\n<details>\n\n</details>\n\n/no\n\n</details>"],
  ["in preformatted text", "<pre>\n\n/no\n\n</pre>"],
  ["in preformatted text in capitals", "<PRE>\n\n/no\n\n</PRE>"],
  ["in a quotation made with HTML", "<blockquote>\n\n/no\n\n</blockquote>"],
  ["right after a line of HTML", "<p>\n/no\n</p>"],
  ["right below a comment", "<!-- a -->\n/no"],
  ["in a tag", '<a title="\n/no\n">a</a>'],
  ["in a link's definition", "[a]: https://example.org\n'\n/no\n'"],
  ["in a fence after a list's own", "- a\n  ```\n```\n/no\n```"],
  ["in a fence after a list that left one open", "- a\n  ```\nb\n  ```\n/no\n  ```"],
  ["in a link's title", "[a](https://example.org '\n/no\n')"],
  ["in a link's words", "[a\n/no\nb](https://example.org)"],
  ["that is struck out", "~~a\n/no\nb~~"],
  ["of a table", "| a |\n|---|\n/no"],
  ["of a footnote", "[^1]: a\n/no\n\nb[^1]"],
  ["in a comment within other HTML", "<p><!-- a\n\n/no\n\n-->"],
  ["in details that a quotation does not close", "<details>\n\n> </details>\n\n/no"],
  ["in details whose end is in a tag", "<details>\n<a title='</details>'>\n\n/no"],
  ["in preformatted text that is never closed", "<pre>\n\n/no"],
  ["of a list", "- /no"],
  ["of a heading", "# /no"],
])("a line %s does not count", (_, body) => {
  expect(own(body)).toEqual([]);
});

const HIDES = /^(code|pre|blockquote|details|summary|s|del|script|style|template|title|svg|math|samp|kbd)$/;

/** The candidates (`/c1`, `/c2` …) that a page shows as plain text, read off the HTML that Markdown becomes. */
function shownByMarkdown(body: string): Set<string> {
  const html = marked.parse(body, { async: false, gfm: true });
  const open: string[] = [];
  const shown = new Set<string>();
  for (const [whole, slash, name, text] of html.matchAll(
    /<!--[\s\S]*?(?:-->|$)|<(\/?)([A-Za-z0-9]+)[^>]*>|([^<]+|<)/g,
  )) {
    if (name !== undefined) {
      if (!HIDES.test(name.toLowerCase())) continue;
      if (slash === "") open.push(name.toLowerCase());
      else if (open.includes(name.toLowerCase())) open.length = open.lastIndexOf(name.toLowerCase());
    } else if (text !== undefined && open.length === 0) {
      for (const [candidate] of whole.matchAll(/\/c\d+/g)) shown.add(candidate);
    }
  }
  return shown;
}

// No footnote, and no tag right below a definition: this second reader departs from GitHub there.
const PIECES = [
  ..."```|~~~|````|  ```|   ```|```sh|- ```|> ```|> a|>|- > a|- a|1. a|  b|    b|- |".split("|"),
  ..."a|`|``|a ` b|` a `|\\`|\\\\`|`` a|# h|# a ` b|---|***|===|[a]: /b\n|<b>a</b>|<b|c>|a < b".split("|"),
  ..."<!-- a|-->|<!-- a -->|a <!-- b|<details>|</details>|<p>|</p>|<pre>|</pre>|<?a|?>|<div> ` </div>".split("|"),
  ..."`<details>`|<blockquote>|</blockquote>|<https://a.b>|`|`|<br>".split("|"),
  ...["| a | b |", "|---|---|", "", "", "", "", "\t", "/c", "/c", "/c", "/c", "/c", "/c", "/c", "/c"],
];

it("no line counts that Markdown takes for code, quotation, HTML or hidden text", () => {
  const bodies = fc.array(fc.constantFrom(...PIECES), { minLength: 2, maxLength: 14 });
  fc.assert(
    fc.property(bodies, (pieces) => {
      const body = pieces.map((piece, at) => (piece === "/c" ? `/c${at + 10}` : piece)).join("\n");
      const shown = shownByMarkdown(body);
      expect(own(body).filter((line) => !shown.has(line))).toEqual([]);
    }),
    { numRuns: 3_000 },
  );
});

it.each([
  ["brackets", "]"],
  ["nested quotations", "> "],
  ["nested lists", "> - "],
  ["numbered lists in lists", "1. "],
  ["links that are never closed", "[a](<"],
  ["code spans that are never closed", "`a``b"],
  ["tags that are never closed", "<a'\""],
  ["tables", "|a|b|\n|-|-|\n"],
])("reads no line of what takes too long: %s", (_, piece) => {
  const body = `/go\n\n${piece.repeat(65_536 / piece.length)}`;
  const started = performance.now();
  visibleLines(body, 100);
  expect(performance.now() - started).toBeLessThan(5_000);
});

it("reads no line of what cannot be read in time", () => {
  const body = `/go\n\n${"]".repeat(65_000)}`;
  expect(visibleLines("/go", 1_000)).toEqual(new Set([1]));
  expect(visibleLines(body, 100)).toEqual(new Set());
});

it("takes any text", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (body) => own(body).every((line) => line.startsWith("/"))));
});
