import { refuse } from "./refuse.ts";

/** A piece of a filter. `operand` is a dotted name, each part plain, quoted or in backticks. */
export interface Token {
  kind: "operand" | "text" | "number" | "operator" | "list" | "other";
  text: string;
}

const SPACE = /\s+/y;
const COMMENT = /--[^\n]*/y;
const NUMBER = /-?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?/y;
const FRACTION = /-?\.\d+(?:[eE][+-]?\d+)?/y;
const OPERATOR = /==|!=|<>|>=|<=|=|>|</y;
const WORD = /[A-Za-z_][\w$]*/y;
const PART = /[\w$]+/y;

/**
 * Cuts a filter into tokens, in one pass from left to right. Nothing is refused here: what no rule takes is a token of one
 * character. With `fractions`, `.5` is a number.
 */
export function tokenize(filter: string, { fractions = false }: { fractions?: boolean } = {}): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < filter.length; ) {
    const space = end(SPACE, filter, at);
    if (space !== undefined) {
      at = space;
      continue;
    }
    const fraction = fractions ? end(FRACTION, filter, at) : undefined;
    const [kind, to]: [Token["kind"], number] = fraction ? ["number", fraction] : tokenAt(filter, at);
    tokens.push({ kind, text: filter.slice(at, to) });
    at = to;
  }
  return tokens;
}

/** Whether a text is exactly one string in quotes. */
export function isQuoted(text: string): boolean {
  return /^['"]/.test(text) && quotedEnd(text, 0) === text.length;
}

/** A key without its quotes or backticks. */
export function unwrapped(key: string): string {
  return /^(?:'.*'|".*"|`.*`)$/s.test(key) && key.length >= 2 ? key.slice(1, -1) : key;
}

/** The items of a list in parentheses. Rejects with SEARCH_INVALID where one is not a string in quotes, or where there is none. */
export function listItems(text: string): string[] {
  const items: string[] = [];
  let separated = true;
  for (const token of splitList(text.slice(1, -1))) {
    if (token === "," && !separated) separated = true;
    else if (separated && isQuoted(token)) {
      items.push(token.slice(1, -1));
      separated = false;
    } else
      refuse(
        `While parsing a list in the query, expected string value, punctuation, or whitespace, but got different type in list: ${text}`,
      );
  }
  if (items.length === 0)
    refuse("While parsing a list in the query, expected a non-empty list of string values, but got empty list");
  return items;
}

function tokenAt(filter: string, at: number): [Token["kind"], number] {
  const comment = end(COMMENT, filter, at);
  if (comment !== undefined) return ["other", comment];
  const first = filter[at];
  if (first === "'") {
    const to = quotedEnd(filter, at);
    return to === undefined ? ["other", at + 1] : ["text", to];
  }
  // In double quotes it may be a name or a value: what stands where says which.
  const operand = operandEnd(filter, at);
  if (operand !== undefined) return ["operand", operand];
  const number = end(NUMBER, filter, at);
  if (number !== undefined) return ["number", number];
  const operator = end(OPERATOR, filter, at);
  if (operator !== undefined) return ["operator", operator];
  const list = first === "(" ? listEnd(filter, at) : undefined;
  return list === undefined ? ["other", at + 1] : ["list", list];
}

function operandEnd(filter: string, at: number): number | undefined {
  const quoted = /["`]/.test(filter[at] as string);
  let to = quoted ? quotedEnd(filter, at) : end(WORD, filter, at);
  while (to !== undefined && filter[to] === ".") {
    const next = /['"`]/.test(filter[to + 1] ?? "") ? quotedEnd(filter, to + 1) : end(PART, filter, to + 1);
    if (next === undefined) return to;
    to = next;
  }
  return to;
}

/**
 * Where a string in quotes ends. Two quotes in a row, and one after a backslash, do not end it; they stay in its value as
 * they are. A backslash before the last quote of all is one of the value's own.
 */
function quotedEnd(text: string, start: number): number | undefined {
  const mark = text[start] as string;
  const last = text.lastIndexOf(mark);
  for (let at = start + 1; at <= last; at += 1) {
    const escapes = text[at] === "\\" && mark !== "`" && text[at + 1] === mark && at + 1 < last;
    if (escapes) at += 1;
    else if (text[at] === mark) {
      if (text[at + 1] !== mark || at === last) return at + 1;
      at += 1;
    }
  }
  return undefined;
}

function listEnd(text: string, start: number): number | undefined {
  for (let at = start + 1; at < text.length; at += 1) {
    const each = text[at] as string;
    if (each === ")") return at + 1;
    if (each === "(") return undefined;
    if (each !== "'" && each !== '"') continue;
    const to = quotedEnd(text, at);
    if (to === undefined) return undefined;
    at = to - 1;
  }
  return undefined;
}

function splitList(inside: string): string[] {
  const parts: string[] = [];
  for (let at = 0; at < inside.length; ) {
    const space = end(SPACE, inside, at);
    const quoted = /['"]/.test(inside[at] as string) ? quotedEnd(inside, at) : undefined;
    const to = space ?? quoted ?? at + 1;
    if (space === undefined) parts.push(inside.slice(at, to));
    at = to;
  }
  return parts;
}

function end(pattern: RegExp, text: string, at: number): number | undefined {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}
