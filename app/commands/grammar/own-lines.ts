import { countElement, visibleLines } from "./visible-lines.ts";

const MARKERS = String.raw`[ \t]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)*`;
const BLANK = /^[ \t]*$/;
const FENCE = /^( {0,3})(`{3,}(?!.*`)|~{3,})/;
/** A quotation, or the definition of a link or footnote: what follows belongs to it up to the next empty line. */
const QUOTE = new RegExp(`^${MARKERS}(?:>|\\[[^\\]]*\\]:)`);
const QUOTED = new RegExp(`^${MARKERS}>`);
const HTML = /^ {0,3}<(?:[A-Za-z/][A-Za-z0-9-]*(?:[\s/>]|$)|[!?])/;
/** HTML that goes on over empty lines, and what ends it. */
const ENDS = { "<!--": "-->", "<![CDATA[": "]]>", "<?": "?>", "<!": ">" };
const HEADING_OR_RULE = /^ {0,3}(?:#{1,6}(?:[ \t]|$)|(?:[-*_][ \t]*){3,}$)/;
/** A fence right behind a list's marker: where it ends, readers of Markdown disagree. */
const ITEM_FENCE = /^[ \t]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)+(?:`{3,}[^`]*$|~{3,})/;
/** A list's item or a heading's underline, if what stands above lets it be. */
const MAYBE_END = /^[ \t]*(?:(?:[-*+]|\d{1,9}[.)])(?:[ \t]|$)|(?:=+|-+)[ \t]*$)/;

/** What the lines above make of a line: nothing special, code in a fence, a quotation, a block of HTML. */
type State =
  | { in: "text" }
  | { in: "fence"; indent: number; mark: string }
  | { in: "quote" }
  | { in: "html"; end?: string | undefined }
  | { in: "doubt" };

/**
 * The numbers of the lines that a person typed as text of their own, as GitHub would show them: not code (fenced,
 * indented, inline), not quoted (nor a line that Markdown counts to the quotation above it), not HTML, not folded or
 * hidden in it. In doubt a line does not count: a command that is not taken costs a second comment, one that was not
 * meant costs more. Linear in the comment's length.
 */
export function ownLines(lines: readonly string[]): Set<number> {
  const own = new Set<number>();
  const open: string[] = [];
  let state: State = { in: "text" };
  let paragraph: number[] = [];
  /** Whether the paragraph may go on behind its end, and would then make something else of it. */
  const endParagraph = (surely: boolean): boolean => {
    const { lines: visible, unclosed } = visibleLines(paragraph, lines, open, surely);
    for (const at of visible) own.add(at);
    paragraph = [];
    return unclosed && !surely;
  };
  for (const [at, line] of lines.entries()) {
    let next = stateAfter(state, line);
    if (state.in !== "text" || next.in !== "text" || BLANK.test(line)) {
      // Not every definition or element ends the paragraph above it.
      endParagraph(next.in === "text" || next.in === "fence");
      countElements(line, state, next, open);
    } else {
      const heading = HEADING_OR_RULE.test(line);
      const unsure = (heading || MAYBE_END.test(line)) && endParagraph(heading);
      paragraph.push(at);
      if (heading) endParagraph(true);
      if (unsure) next = { in: "quote" };
    }
    state = next;
  }
  endParagraph(true);
  return own;
}

/** What a line that is no Markdown of its own opens and closes: Markdown between blocks of HTML is still inside them. */
function countElements(line: string, state: State, next: State, open: string[]): void {
  const html = state.in === "html" || next.in === "html";
  if (!html && (next.in !== "quote" || QUOTED.test(line))) return;
  const commented = state.in === "html" && state.end === "-->";
  const from = !commented ? 0 : line.includes("-->") ? line.indexOf("-->") + 3 : line.length;
  // Whether such a line is still of the quotation or not, what it opens may be open; what it closes may not be closed.
  for (const tag of line.slice(from).match(/<!--.*?(?:-->|$)|<\/?[A-Za-z][^<>]{0,20}/g) ?? [])
    if (html || !tag.startsWith("</")) countElement(tag, open);
}

function stateAfter(state: State, line: string): State {
  const [, indent = "", mark] = FENCE.exec(line) ?? [];
  switch (state.in) {
    case "doubt":
      return state;
    case "fence":
      if (BLANK.test(line)) return state;
      // A list's end would have closed it unseen, and the next fence would open where it seems to close.
      if (!line.startsWith(" ".repeat(state.indent))) return { in: "doubt" };
      return closes(line, state.mark) ? { in: "text" } : state;
    case "html":
      if (state.end !== "-->" && leavesComment(line)) return { in: "doubt" };
      if (state.end !== undefined) return line.includes(state.end) ? { in: "html" } : state;
      if (BLANK.test(line)) return { in: "text" };
      return mark !== undefined || ITEM_FENCE.test(line) || endOf(line) !== undefined ? { in: "doubt" } : html(line);
    case "quote":
    case "text":
      if (mark !== undefined) return { in: "fence", indent: indent.length, mark };
      if (HTML.test(line)) return html(line);
      if (BLANK.test(line)) return { in: "text" };
      if (ITEM_FENCE.test(line)) return { in: "doubt" };
      return QUOTE.test(line) ? { in: "quote" } : state;
  }
}

function closes(line: string, mark: string): boolean {
  const text = line.trim();
  return /^ {0,3}\S/.test(line) && text.length >= mark.length && text === (mark[0] ?? "").repeat(text.length);
}

/** After a line that starts HTML; doubt where a tag or a comment goes on in the next line. */
function html(line: string): State {
  const end = endOf(line);
  if (end !== undefined) return { in: "html", end };
  return leavesComment(line) || /<[A-Za-z/]/.test(line.slice(line.lastIndexOf(">") + 1))
    ? { in: "doubt" }
    : { in: "html" };
}

/** What ends the HTML that a line starts and that goes on over empty lines. */
function endOf(line: string): string | undefined {
  const text = line.trimStart();
  const found = Object.entries(ENDS).find(([start]) => text.startsWith(start));
  return found !== undefined && !text.slice(found[0].length).includes(found[1]) ? found[1] : undefined;
}

/** A comment within other HTML ends where the HTML does not. */
function leavesComment(line: string): boolean {
  return line.lastIndexOf("<!--") > line.lastIndexOf("-->");
}
