import {
  type Document,
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  type Scalar,
  visit,
  type YAMLMap,
} from "yaml";
import type { Problem } from "../../schemas/problem.ts";
import type { ReasonCode } from "../errors.ts";
import { plainJson, type WrittenJson, writtenNumber } from "../json-text.ts";
import { quickYaml } from "./quick-yaml.ts";

/** A path of keys and list positions into a YAML file: ["data", "columns", "age", "min"]. */
export type Keys = readonly (string | number)[];
export interface Position {
  line: number;
  column: number;
}

/** A YAML file as read: its value where it could be, and where each key stands. */
export interface YamlFile {
  value: unknown;
  /** The same with numbers as they are written. */
  written: WrittenJson;
  /** Empty if `value` can be used. */
  problems: Problem[];
  /** Where the value at `keys` begins (`at: "key"`: where its key does); of what is not there, the nearest key above. */
  position(keys: Keys, at?: "key" | "value"): Position;
}

export const MAX_YAML_BYTES = 256 * 1024;
const MAX_DEPTH = 100;
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is these that are looked for
const CONTROL = /[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/;

/**
 * Reads one YAML 1.2 document (core schema) of plain data. Refused: what is not UTF-8, a byte-order mark, over 256 KiB,
 * several documents, directives, anchors and aliases, merge keys, tags, doubled keys, deep nesting, numbers that other
 * readers of YAML understand in another way. What stands at `asText` is handed on as text: a number may have any size there.
 */
export function readYaml(content: Buffer, file: string, asText?: Keys): YamlFile {
  const refuse = (code: ReasonCode, message: string, about: Partial<Problem> = {}): YamlFile => ({
    value: undefined,
    written: null,
    problems: [{ code, message, file, line: 1, column: 1, ...about }],
    position: () => ({ line: 1, column: 1 }),
  });
  if (content.length > MAX_YAML_BYTES) {
    return refuse("FILE_TOO_LARGE", `${file} is too large`, {
      expected: `at most ${MAX_YAML_BYTES} bytes`,
      found: `${content.length} bytes`,
    });
  }
  if (content.subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf]))) {
    return refuse("ENCODING_INVALID", "the file starts with a byte-order mark", {
      expected: "UTF-8 without a byte-order mark",
      hint: "save the file as plain UTF-8",
    });
  }
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(content);
  } catch {
    return refuse("ENCODING_INVALID", "the file is not UTF-8", { expected: "UTF-8", hint: "save the file as UTF-8" });
  }
  const control = text.search(CONTROL);
  if (control >= 0) {
    return refuse("ENCODING_INVALID", "the file holds a control character", {
      expected: "text in UTF-8",
      found: `U+${text.charCodeAt(control).toString(16).padStart(4, "0")}`,
      line: text.slice(0, control).split("\n").length,
    });
  }
  const deep = tooDeep(text);
  if (deep !== undefined) {
    return refuse("YAML_INVALID", "the file is nested too deeply", {
      expected: `at most ${MAX_DEPTH} levels`,
      line: deep,
    });
  }
  const quick = quickYaml(text);
  let parsed: Parsed | undefined;
  const careful = () => {
    parsed ??= parse(text);
    return parsed;
  };
  const problems = quick === undefined ? problemsOf(careful(), file, asText) : [];
  const written =
    quick === undefined ? (problems.length > 0 ? null : writtenOf(careful().doc.contents)) : quick.written;
  return {
    value: plainJson(written),
    written,
    problems,
    position: (keys, at = "value") => positionOf(careful(), keys, at),
  };
}

interface Parsed {
  doc: Document;
  lines: LineCounter;
}

function parse(text: string): Parsed {
  const lines = new LineCounter();
  const doc = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    schema: "core",
    stringKeys: true,
    // The library holds each key against every other one: 256 KiB of keys would take seconds.
    uniqueKeys: false,
    logLevel: "error",
  });
  return { doc, lines };
}

/** The line at which nesting may be too deep for a recursive parser to survive, judged by brackets and indicators alone. */
function tooDeep(text: string): number | undefined {
  let open = 0;
  let line = 1;
  let leading = 0;
  let isLeading = true;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 10) {
      line++;
      leading = 0;
      isLeading = true;
      continue;
    }
    if (code === 91 || code === 123) open++;
    else if ((code === 93 || code === 125) && open > 0) open--;
    // Spaces, tabs and the indicators - ? : open levels at a line's start.
    if (isLeading && (code === 32 || code === 9 || code === 45 || code === 63 || code === 58)) leading++;
    else isLeading = false;
    if (open > MAX_DEPTH || leading > 2 * MAX_DEPTH) return line;
  }
  return undefined;
}

const PLAIN: Record<string, { message: string; hint?: string }> = {
  TAB_AS_INDENT: { message: "a tab is used as indentation", hint: "indent with spaces" },
  MULTIPLE_DOCS: { message: "the file holds several documents", hint: "remove the second --- and what follows" },
  NON_STRING_KEY: { message: "a key must be text" },
  BLOCK_AS_IMPLICIT_KEY: { message: "a colon stands where a value was expected", hint: "quote the value" },
};

/** A node's value; of a number that JSON would spell in another way, JSON's text that is nearest to what is written. */
function writtenOf(node: unknown): WrittenJson {
  if (isMap(node)) {
    return Object.fromEntries(node.items.map(({ key, value }) => [String((key as Scalar).value), writtenOf(value)]));
  }
  if (isSeq(node)) return node.items.map(writtenOf);
  if (!isScalar(node)) return null;
  const { value, source } = node;
  if (typeof value !== "number" || source === undefined || !Number.isFinite(value)) return value as WrittenJson;
  const text = source.replace(/^\+/, "");
  if (/^0[xo]/.test(text)) return writtenNumber(BigInt(text).toString());
  return writtenNumber(text.replace(/^-?(?=\.)/, "$&0").replace(/\.(?!\d)/, ".0"));
}

/** Numbers to YAML 1.1 (012 is ten there, 1_000 a thousand), and to YAML 1.2 others or none. */
const OTHER_NUMBER = /^[-+]?0\d[\d.]*$/;
const OTHER_TEXT = /^[-+]?(?:0[box][\da-f_]+|\d[\d_]*(?:\.[\d_]*)?(?:e[-+]?\d+)?)$/i;

function problemsOf({ doc, lines }: Parsed, file: string, asText?: Keys): Problem[] {
  const problems: Problem[] = [];
  const add = (offset: number, code: ReasonCode, message: string, hint?: string) => {
    const { line, col } = lines.linePos(offset);
    problems.push({ code, message, file, line: Math.max(line, 1), column: Math.max(col, 1), ...(hint && { hint }) });
  };
  for (const error of doc.errors.slice(0, 5)) {
    const plain = PLAIN[error.code];
    add(error.pos[0], "YAML_INVALID", plain?.message ?? error.message.split("\n")[0] ?? error.code, plain?.hint);
  }
  if (problems.length > 0) return problems;
  if (doc.directives?.yaml.explicit || Object.keys(doc.directives?.tags ?? {}).some((tag) => tag !== "!!")) {
    add(0, "YAML_INVALID", "the file starts with a directive", "remove the lines that start with %");
  }
  const textNode = asText && doc.getIn(asText, true);
  visit(doc, (key, node, path) => {
    if (problems.length >= 20) return visit.BREAK;
    if (isPair(node)) return undefined;
    if (isAlias(node)) add(offsetOf(node), "YAML_INVALID", `an alias (*${node.source})`, "write the value out");
    else if (isScalar(node) || isMap(node) || isSeq(node)) {
      for (const twice of isMap(node) ? keysThatStandTwice(node) : [])
        add(offsetOf(twice), "YAML_INVALID", "the same key stands twice", "keep one of them");
      if (node.anchor !== undefined)
        add(offsetOf(node), "YAML_INVALID", `an anchor (&${node.anchor})`, "write the value out");
      if (node.tag !== undefined) add(offsetOf(node), "YAML_INVALID", `a tag (${node.tag})`, "write plain data");
      if (key === "key" && isScalar(node) && node.value === "<<") {
        add(offsetOf(node), "YAML_INVALID", "a merge key (<<)", "write the keys out");
      } else if (key === "key" && isScalar(node) && node.value === "__proto__") {
        add(offsetOf(node), "UNKNOWN_KEY", "__proto__ cannot be a key");
      } else if (isScalar(node) && key !== "key" && node.type === "PLAIN") {
        const isText = textNode !== undefined && (node === textNode || path.includes(textNode as Node));
        const problem = numberProblem(node, isText);
        if (problem !== undefined) add(offsetOf(node), "YAML_INVALID", ...problem);
      }
    }
    return undefined;
  });
  return problems;
}

function keysThatStandTwice({ items }: YAMLMap): Scalar[] {
  const met = new Set<unknown>();
  return items.flatMap(({ key }) => {
    if (!isScalar(key)) return [];
    const isNew = !met.has(key.value);
    met.add(key.value);
    return isNew ? [] : [key];
  });
}

function numberProblem({ value, source = "" }: Scalar, isText: boolean): [message: string, hint: string] | undefined {
  const quoted = `quote it where text is meant: "${source}"`;
  if (typeof value === "number" && OTHER_NUMBER.test(source)) {
    return [`${source} is ${value} here, and another number to other readers of YAML`, `write ${value}, or ${quoted}`];
  }
  if (typeof value === "number" && !isText && isLossy(value)) {
    return [`${source} is too large for a number`, `quote it: "${source}"`];
  }
  if (typeof value === "string" && isText && OTHER_TEXT.test(source)) {
    return [`${source} is text here, and a number to other readers of YAML`, `write the number plainly, or ${quoted}`];
  }
  return undefined;
}

const isLossy = (value: number) => Number.isInteger(value) && !Number.isSafeInteger(value) && Math.abs(value) < 1e21;

const offsetOf = (node: Node) => node.range?.[0] ?? 0;

function positionOf({ doc, lines }: Parsed, keys: Keys, at: "key" | "value"): Position {
  let node: unknown = doc.contents;
  let offset = isScalar(node) || isMap(node) || isSeq(node) ? offsetOf(node) : 0;
  for (const [i, key] of keys.entries()) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(key));
      if (pair === undefined) break;
      const value = pair.value as Node | null;
      const asKey = (at === "key" && i === keys.length - 1) || value === null || value.range?.[0] === value.range?.[2];
      // What is missing below a map is told at the map's key.
      offset = offsetOf(asKey || i < keys.length - 1 ? (pair.key as Node) : (value as Node));
      node = value;
    } else if (isSeq(node)) {
      const item = node.items[Number(key)] as Node | undefined;
      if (item === undefined) break;
      offset = offsetOf(item);
      node = item;
    } else break;
  }
  const { line, col } = lines.linePos(offset);
  return { line: Math.max(line, 1), column: Math.max(col, 1) };
}
