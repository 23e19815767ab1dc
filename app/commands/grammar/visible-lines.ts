/** Elements that fold, quote, strike out or hide what stands in them. */
const HIDING = new Set(
  "details summary blockquote pre code samp kbd tt del s strike table script style textarea template title svg math".split(
    " ",
  ),
);

/** What a paragraph of Markdown shows as plain text. */
export interface Visible {
  /** The numbers of the lines that start outside of code spans, comments, tags, and of elements that hide. */
  lines: number[];
  /** Whether something is opened that would be closed behind these lines, if the paragraph went on there. */
  unclosed: boolean;
}

/**
 * Reads the lines with these numbers as one paragraph. `open` holds the names of the hiding elements that stand open,
 * and is brought up to date. Where the paragraph may go on (`surely` is false), what is not closed hides the rest of it.
 */
export function visibleLines(
  numbers: readonly number[],
  lines: readonly string[],
  open: string[],
  surely = true,
): Visible {
  const text = numbers.map((at) => lines[at] ?? "").join("\n");
  const codeSpan = codeSpans(text);
  const lastTag = text.lastIndexOf(">");
  const lastComment = text.lastIndexOf("-->");
  const visible: number[] = [];
  let unclosed = false;
  let hidden = false;
  let line = 0;
  let at = 0;
  const show = () => {
    const number = numbers[line];
    if (open.length === 0 && !hidden && number !== undefined) visible.push(number);
  };
  const passTo = (end: number) => {
    for (; at < end; at += 1) if (text[at] === "\n") line += 1;
  };
  const leaveOpen = () => {
    unclosed = true;
    hidden ||= !surely;
  };

  show();
  while (at < text.length) {
    const character = text[at];
    if (character === "\n") {
      passTo(at + 1);
      show();
    } else if (character === "\\" && text[at + 1] !== "\n") at += 2;
    else if (character === "`") {
      const { length, end } = codeSpan(at);
      if (end === undefined) leaveOpen();
      passTo(end ?? at + length);
    } else if (text.startsWith("<!--", at)) {
      const closed = at < lastComment;
      hidden ||= !closed;
      // In preformatted text it is HTML, and ends nowhere.
      if (!closed && open.length > 0) open.push("<!--");
      passTo(closed ? text.indexOf("-->", at + 2) + 3 : at + 4);
    } else if (character === "<" && /[A-Za-z/]/.test(text[at + 1] ?? "")) {
      if (at > lastTag) leaveOpen();
      countElement(text.slice(at, at + 20), open);
      passTo(at > lastTag ? at + 1 : text.indexOf(">", at) + 1);
    } else at += 1;
  }
  return { lines: visible, unclosed };
}

/** Opens or closes the element that a tag names, where it is one that hides. */
export function countElement(tag: string, open: string[]): void {
  const [, slash, name = ""] = /^<(\/?)([A-Za-z0-9]+)/.exec(tag.toLowerCase()) ?? [];
  if (!HIDING.has(name)) return;
  if (slash === "") open.push(name);
  else if (open.includes(name)) open.splice(open.lastIndexOf(name), 1);
}

/** For the run of backticks at a place: its length, and where the code span that it opens ends, if it opens one. */
function codeSpans(text: string): (at: number) => { length: number; end: number | undefined } {
  const byLength = new Map<number, { starts: number[]; passed: number }>();
  for (const { 0: run, index } of text.matchAll(/`+/g)) {
    const same = byLength.get(run.length) ?? { starts: [], passed: 0 };
    same.starts.push(index);
    byLength.set(run.length, same);
  }
  return (at) => {
    let length = 1;
    while (text[at + length] === "`") length += 1;
    const same = byLength.get(length);
    if (same === undefined) return { length, end: undefined };
    // Places are asked for in order, so what lies behind is never looked at again.
    while ((same.starts[same.passed] ?? Number.POSITIVE_INFINITY) < at + length) same.passed += 1;
    const start = same.starts[same.passed];
    return { length, end: start === undefined ? undefined : start + length };
  };
}
