import { createHash } from "node:crypto";
import type { CommitId, Person, TaggerTime, Timestamp } from "../../schemas/names.ts";

/** A Git object as bytes, with the id that follows from them (SHA-1). */
export interface EncodedObject {
  id: string;
  type: "blob" | "tree" | "commit" | "tag";
  content: Buffer;
  /** The object that it was made from by a small change, where there is one. */
  from?: string;
}

export function encodeObject(type: EncodedObject["type"], content: Buffer): EncodedObject {
  const id = createHash("sha1").update(objectHeader(type, content.length)).update(content).digest("hex");
  return { id, type, content };
}

/** What comes before the content, in the digest and in a loose object file (gitformat-loose). */
export function objectHeader(type: EncodedObject["type"], length: number): string {
  return `${type} ${length}\0`;
}

export function encodeBlob(text: string): EncodedObject {
  return encodeObject("blob", Buffer.from(text));
}

/** Author and committer are one person at one second, in UTC: the same act is the same bytes. */
export function encodeCommit(commit: {
  tree: string;
  parents: readonly CommitId[];
  author: Person;
  at: Timestamp;
  message: string;
}): EncodedObject {
  const who = signature(commit.author, commit.at);
  const lines = [
    `tree ${commit.tree}`,
    ...commit.parents.map((parent) => `parent ${parent}`),
    `author ${who}`,
    `committer ${who}`,
  ];
  return encodeObject("commit", Buffer.from(`${lines.join("\n")}\n\n${commit.message}\n`));
}

/** An annotated tag on a commit. */
export function encodeTag(tag: {
  object: CommitId;
  name: string;
  tagger: Person;
  at: TaggerTime;
  message: string;
}): EncodedObject {
  const lines = [`object ${tag.object}`, "type commit", `tag ${tag.name}`, `tagger ${signature(tag.tagger, tag.at)}`];
  return encodeObject("tag", Buffer.from(`${lines.join("\n")}\n\n${tag.message}\n`));
}

/**
 * Text on one line: control, direction and line-breaking characters become a space, so that nobody's
 * name can forge a trailer or repaint a terminal. The list is spelt out because tags must come out as
 * the same bytes under every version of Unicode.
 */
export function oneLine(text: string): string {
  return text.replace(UNPRINTABLE, " ").replace(/^ | $/g, "");
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it looks for.
const UNPRINTABLE = /[\u0000-\u0020\u007f-\u00a0\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]+/g;

function signature(person: Person, at: Timestamp | TaggerTime): string {
  const word = (text: string) => oneLine(text.replace(/[<>]/g, " "));
  const id = word(person.id) || "unknown";
  return `${word(person.name) || id} <${id.replaceAll(" ", "")}> ${Math.floor(Date.parse(at) / 1000)} +0000`;
}
