import { createHash } from "node:crypto";
import { crc32, deflateSync } from "node:zlib";
import type { EncodedObject } from "./encode.ts";

const TYPES = { commit: 1, tree: 2, blob: 3, tag: 4 } as const;
const REF_DELTA = 7;
/** As Git's own packs: a longer chain takes longer to read. */
const MAX_DEPTH = 50;
/** Bytes. Most of a tree are ids, which do not compress: a large one would take most of a write's time. */
const LARGE_TREE = 16 * 1024;
const SMALL = 4 * 1024;

/**
 * Objects as one pack with its index (gitformat-pack, version 2 of both); each once. A tree that was edited from another
 * one of them is stored as the difference: a registry's largest tree changes by one entry with every act.
 */
export function encodePack(objects: readonly EncodedObject[]): { name: string; pack: Buffer; index: Buffer } {
  const distinct = new Map(objects.map((object) => [object.id, object]));
  const header = Buffer.alloc(12);
  header.write("PACK");
  header.writeUInt32BE(2, 4);
  header.writeUInt32BE(distinct.size, 8);
  const parts: Buffer[] = [header];
  const entries: { id: Buffer; crc: number; offset: number }[] = [];
  const depths = new Map<string, number>();
  let offset = header.length;
  for (const object of distinct.values()) {
    const base = object.from === undefined ? undefined : distinct.get(object.from);
    const depth = base === undefined ? undefined : depths.get(base.id);
    const asDelta = base !== undefined && depth !== undefined && depth < MAX_DEPTH;
    depths.set(object.id, asDelta ? depth + 1 : 0);
    const entry = asDelta ? deltaEntry(base, object) : wholeEntry(object);
    entries.push({ id: Buffer.from(object.id, "hex"), crc: crc32(entry), offset });
    parts.push(entry);
    offset += entry.length;
  }
  // Git reads larger ones by a second table of offsets.
  if (offset > 0x7fffffff) throw new RangeError("a pack of more than 2 GiB");
  const body = Buffer.concat(parts);
  const checksum = sha1(body);
  return {
    name: checksum.toString("hex"),
    pack: Buffer.concat([body, checksum]),
    index: encodeIndex(entries, checksum),
  };
}

function wholeEntry({ type, content }: EncodedObject): Buffer {
  const level = type === "tree" && content.length > LARGE_TREE ? 0 : 1;
  return Buffer.concat([entryHeader(TYPES[type], content.length), compressed(content, level)]);
}

/** A small content needs no large window, which would take five times as long to set up as all the rest. */
function compressed(content: Buffer, level: number): Buffer {
  return deflateSync(content, content.length > SMALL ? { level } : { level, windowBits: 12, memLevel: 4 });
}

function deltaEntry(base: EncodedObject, object: EncodedObject): Buffer {
  const delta = encodeDelta(base.content, object.content);
  const header = entryHeader(REF_DELTA, delta.length);
  return Buffer.concat([header, Buffer.from(base.id, "hex"), compressed(delta, 1)]);
}

/** The type and the low four bits of the size, then seven bits a byte. */
function entryHeader(type: number, size: number): Buffer {
  const bytes = [(type << 4) | (size & 0x0f)];
  for (let rest = Math.floor(size / 16); rest > 0; rest = Math.floor(rest / 128)) {
    bytes[bytes.length - 1] = (bytes.at(-1) as number) | 0x80;
    bytes.push(rest & 0x7f);
  }
  return Buffer.from(bytes);
}

/** What both begin and end with is copied; what is between is inserted. */
export function encodeDelta(base: Buffer, target: Buffer): Buffer {
  const shorter = Math.min(base.length, target.length);
  const start = commonLength(shorter, (length) => base.compare(target, 0, length, 0, length) === 0);
  const end = commonLength(shorter - start, (length) =>
    base.subarray(base.length - length).equals(target.subarray(target.length - length)),
  );
  const parts = [size(base.length), size(target.length), ...copies(0, start)];
  for (let at = start; at < target.length - end; at += 127) {
    const inserted = target.subarray(at, Math.min(at + 127, target.length - end));
    parts.push(Buffer.from([inserted.length]), inserted);
  }
  return Buffer.concat([...parts, ...copies(base.length - end, end)]);
}

/** The greatest length, up to `most`, for which `same` holds: it holds for every shorter one. */
function commonLength(most: number, same: (length: number) => boolean): number {
  let [low, high] = [0, most];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (same(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Seven bits a byte, the lowest first. */
function size(length: number): Buffer {
  const bytes: number[] = [];
  for (let rest = length; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest]);
    bytes.push((rest & 0x7f) | 0x80);
  }
}

/** One instruction copies at most 64 KiB less one. */
function* copies(from: number, length: number): Iterable<Buffer> {
  for (let done = 0; done < length; done += 0xffff) {
    const instruction = Buffer.alloc(7);
    instruction[0] = 0x80 | 0x0f | 0x30;
    instruction.writeUInt32LE(from + done, 1);
    instruction.writeUInt16LE(Math.min(0xffff, length - done), 5);
    yield instruction;
  }
}

function encodeIndex(entries: { id: Buffer; crc: number; offset: number }[], checksum: Buffer): Buffer {
  const sorted = entries.sort((a, b) => a.id.compare(b.id));
  const fanout = Buffer.alloc(256 * 4);
  let counted = 0;
  for (let first = 0; first < 256; first += 1) {
    while (counted < sorted.length && (sorted[counted] as { id: Buffer }).id[0] === first) counted += 1;
    fanout.writeUInt32BE(counted, first * 4);
  }
  const numbers = Buffer.alloc(sorted.length * 8);
  for (const [at, { crc, offset }] of sorted.entries()) {
    numbers.writeUInt32BE(crc, at * 4);
    numbers.writeUInt32BE(offset, (sorted.length + at) * 4);
  }
  const head = Buffer.from([0xff, 0x74, 0x4f, 0x63, 0, 0, 0, 2]);
  const body = Buffer.concat([head, fanout, ...sorted.map(({ id }) => id), numbers, checksum]);
  return Buffer.concat([body, sha1(body)]);
}

function sha1(bytes: Buffer): Buffer {
  return createHash("sha1").update(bytes).digest();
}
