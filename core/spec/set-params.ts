import { type Document, isMap, isNode, parseDocument, Scalar, YAMLMap, YAMLSeq } from "yaml";
import { NumberText, plainJson, type WrittenJson } from "../json-text.ts";

type Path = readonly string[];
type Values = { [key: string]: WrittenJson };

/**
 * A spec's text with other params and another seed. Only what differs is written anew: comments, order and the spelling of all
 * else stay. Numbers are spelled as they are given (1.0). The text has to be a spec without a problem.
 */
export function withParams(text: string, params: Values, seed: number): string {
  const document = parseDocument(text, { keepSourceTokens: true });
  const before = document.toJS() as { train?: { params?: Values; seed?: number } } | null;
  if (Object.keys(params).length > 0 || before?.train?.params !== undefined)
    setMap(document, ["train", "params"], before?.train?.params ?? {}, params);
  if (seed !== (before?.train?.seed ?? 0)) document.setIn(["train", "seed"], seed);
  return document.toString({ lineWidth: 0, flowCollectionPadding: true });
}

function setMap(document: Document, at: Path, before: Values, after: Values): void {
  if (!isMap(document.getIn(at))) document.setIn(at, document.createNode({}));
  for (const key of Object.keys(before)) if (!Object.hasOwn(after, key)) document.deleteIn([...at, key]);
  for (const [key, value] of Object.entries(after)) {
    const old = Object.hasOwn(before, key) ? before[key] : undefined;
    if (isValues(value) && isValues(old)) setMap(document, [...at, key], old, value);
    else if (!isSame(document.getIn([...at, key], true), old, value))
      put(document, [...at, key], nodeOf(document, value));
  }
}

/** Puts a value in another's place, and leaves the comments beside that. */
function put(document: Document, at: Path, node: unknown): void {
  const old = document.getIn(at, true);
  if (isNode(old) && isNode(node)) {
    const { comment, commentBefore, spaceBefore } = old;
    Object.assign(node, { comment, commentBefore, spaceBefore });
  }
  document.setIn(at, node);
}

function isValues(value: WrittenJson | undefined): value is Values {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof NumberText);
}

/** Equal, and spelled alike where the spelling of a number counts. */
function isSame(node: unknown, old: WrittenJson | undefined, value: WrittenJson): boolean {
  if (value instanceof NumberText) return node instanceof Scalar && node.source === value.text;
  return old !== undefined && JSON.stringify(old) === JSON.stringify(plainJson(value)) && !hasSpelling(value);
}

function hasSpelling(value: WrittenJson): boolean {
  if (value instanceof NumberText) return true;
  if (typeof value !== "object" || value === null) return false;
  return Object.values(value).some(hasSpelling);
}

function nodeOf(document: Document, value: WrittenJson): unknown {
  if (value instanceof NumberText) return spelled(value.text);
  if (Array.isArray(value)) {
    const list = new YAMLSeq();
    list.flow = true;
    for (const each of value) list.add(nodeOf(document, each));
    return list;
  }
  if (!isValues(value)) return document.createNode(value);
  const map = new YAMLMap();
  map.flow = true;
  for (const [key, each] of Object.entries(value)) map.set(key, nodeOf(document, each));
  return map;
}

/** A number as it is written: the library's own spelling would make 1 of 1.0, and round what JavaScript has not. */
function spelled(text: string): Scalar {
  if (/^-?\d+$/.test(text)) return new Scalar(BigInt(text));
  const scalar = new Scalar(Number(text));
  const [, fraction = ""] = /^-?\d+\.(\d+)$/.exec(text) ?? [];
  if (fraction !== "") scalar.minFractionDigits = fraction.length;
  if (/e/i.test(text)) scalar.format = "EXP";
  return scalar;
}
