import crc32c from "crc-32/crc32c.js";
import type { TakeBlock } from "./growing-file.ts";
import { LIMITS } from "./limits.ts";

const HEAD = 12;
const FOOT = 4;

/**
 * Reads TFRecords: a length, its checksum, the data, their checksum. A record that is larger than we read is passed over
 * unread; after a checksum that is wrong nothing can be told apart any longer.
 */
export function takeRecords(onRecord: (data: Buffer) => void): TakeBlock {
  return (block) => {
    let at = 0;
    while (block.length - at >= HEAD) {
      if (masked(block.subarray(at, at + 8)) !== block.readUInt32LE(at + 8)) return "broken";
      const length = Number(block.readBigUInt64LE(at));
      if (!Number.isSafeInteger(length)) return "broken";
      const next = at + HEAD + length + FOOT;
      if (length > LIMITS.recordBytes) return next;
      if (next > block.length) break;
      const data = block.subarray(at + HEAD, next - FOOT);
      if (masked(data) !== block.readUInt32LE(next - FOOT)) return "broken";
      onRecord(data);
      at = next;
    }
    return at;
  };
}

/** A checksum as TFRecords hold it: CRC-32C, turned and moved. */
function masked(data: Uint8Array): number {
  const crc = crc32c.buf(data) >>> 0;
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}
