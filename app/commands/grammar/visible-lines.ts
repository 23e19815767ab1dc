import { runInNewContext } from "node:vm";
import type { Nodes } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmFromMarkdown } from "mdast-util-gfm";
import { gfm } from "micromark-extension-gfm";

/** Parts of Markdown that show what is in them as the author's own text. All others quote it or make something else of it. */
const SHOWING: ReadonlySet<string> = new Set(["paragraph", "heading", "list", "listItem", "text", "html"]);
const CONTAINERS: ReadonlySet<string> = new Set(["blockquote", "listItem"]);
/** Elements that fold, quote, strike out or hide what stands in them. */
const HIDING: ReadonlySet<string> = new Set(
  "details summary blockquote pre code samp kbd tt del s strike table script style textarea template title svg math".split(
    " ",
  ),
);
/** Stands among the open elements for what only a browser knows the end of: nothing closes it. */
const UNCLOSED = "";
/** A comment, a tag, or the start of something that is not closed in the same piece of HTML. */
const HTML = /<!--(?:-?>|[\s\S]*?--!?>)|<(\/?)([a-z][a-z0-9]*)(?:[^<>"']|"[^"]*"|'[^']*')*>|<[a-z/!?]/gi;

/** Markdown's reader takes quadratic time, or all of the stack, for what nobody writes: 16,000 brackets, 8,000 nested lists. */
const READING_MS = 1_000;

/**
 * The lines (from 1) that a person typed as text of their own, as GitHub would show them: not code, not quoted, no table,
 * no HTML, not folded or hidden in it. In doubt a line does not count: a command that is not taken costs a second comment,
 * one that was not meant costs more. No line counts of Markdown that takes longer than a second to read.
 */
export function visibleLines(markdown: string, timeout = READING_MS): Set<number> {
  try {
    return runInNewContext("read()", { read: () => readLines(markdown) }, { timeout });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ERR_SCRIPT_EXECUTION_TIMEOUT" || error instanceof RangeError) return new Set();
    throw error;
  }
}

function readLines(markdown: string): Set<number> {
  const visible = new Set<number>();
  const lines = markdown.split(/\r\n|\n|\r/);
  const open: string[] = [];
  let lastOfHtml = Number.NaN;
  // A stack of its own: Markdown nests deeper than calls do.
  const waiting: { node: Nodes; shown: boolean }[] = [{ node: parse(markdown), shown: true }];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { node, shown } = next;
    const [first = 0, last = 0] = [node.position?.start.line, node.position?.end.line];
    if (node.type === "html") {
      followHtml(node.value, shown, open);
      lastOfHtml = last;
    } else if (node.type === "text" && shown && open.length === 0) {
      for (let line = node.position?.start.column === 1 ? first : first + 1; line <= last; line += 1) visible.add(line);
    } else if ("children" in node) {
      if (CONTAINERS.has(node.type) && node.children.some((child) => isDoubtful(child, shown, lines)))
        open.push(UNCLOSED);
      // What stands right below HTML may be meant as a part of it: a marker that a program left belongs to its text.
      const isBelowHtml = node.type === "paragraph" && first === lastOfHtml + 1;
      for (const child of node.children.toReversed())
        waiting.push({ node: child, shown: shown && !isBelowHtml && SHOWING.has(child.type) });
    }
  }
  return visible;
}

function parse(markdown: string): Nodes {
  // Emphasis shows its text as a paragraph does, and to find where it ends takes the most time.
  const extensions = [gfm(), { disable: { null: ["attention"] } }];
  // A search for addresses in the finished tree would lose where the text around them stands.
  const mdastExtensions = gfmFromMarkdown().map((extension) => ({ ...extension, transforms: [] }));
  return fromMarkdown(markdown, { extensions, mdastExtensions });
}

/**
 * Whether it is doubtful what follows this part of a list or quotation. After a tag without the container's marker or
 * indent, readers of Markdown disagree. After code in a list that lost its indent before its fence was closed, they do
 * not, but the author means code.
 */
function isDoubtful({ type, position }: Nodes, shown: boolean, lines: readonly string[]): boolean {
  if (position === undefined) return false;
  const { start, end } = position;
  if (type === "html") return start.column === 1;
  if (type !== "code" || !shown) return false;
  const fence = /^(?:`{3,}|~{3,})/.exec((lines[start.line - 1] ?? "").slice(start.column - 1))?.[0];
  return fence !== undefined && !(end.line > start.line && lines[end.line - 1]?.trimStart().startsWith(fence));
}

/** Brings the list of hiding elements that stand open up to date. HTML in a quotation closes none of those around it. */
function followHtml(html: string, mayClose: boolean, open: string[]): void {
  for (const [whole, slash, name] of html.matchAll(HTML)) {
    if (name === undefined) {
      if (whole.startsWith("<!--") && whole.endsWith(">")) continue;
      // Browsers look for its end further on, in ways of their own: nothing behind it counts.
      open.push(UNCLOSED);
      return;
    }
    const element = name.toLowerCase();
    if (!HIDING.has(element)) continue;
    if (slash === "") open.push(element);
    else if (mayClose && open.includes(element)) open.splice(open.lastIndexOf(element), 1);
  }
}
