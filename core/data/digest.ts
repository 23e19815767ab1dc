import { isUtf8 } from "node:buffer";
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { createGunzip } from "node:zlib";
import type { Sha256 } from "../../schemas/names.ts";
import { SlipwayError } from "../errors.ts";
import { isLfsPointer } from "../source/lfs.ts";
import { type Format, fileFormatOf } from "../spec/file-format.ts";
import { CsvLines } from "./csv-lines.ts";
import { type HeadProblem, headProblem } from "./head.ts";

const MAX_UNPACKED = 64 * 2 ** 30;

/**
 * SHA-256 and size in one pass. For text formats the same pass refuses with DATA_UNREADABLE what no parser should
 * see: an empty file, a Git LFS pointer, a NUL byte, text that is not UTF-8 (each with its line).
 */
export async function digestData(
  file: string,
  path: string,
  signal?: AbortSignal,
): Promise<{ sha256: Sha256; size: number }> {
  const { format, extension } = fileFormatOf(path);
  const { size } = await stat(file);
  if (size === 0) throw unreadable(path, "The file is empty.", "a header and at least one row");
  const hash = createHash("sha256");
  const text = format === "parquet" ? undefined : new TextCheck(path, format);
  const input = createReadStream(file, { highWaterMark: 1 << 20, signal });
  let first = true;
  const gunzip = extension === ".csv.gz" ? createGunzip() : undefined;
  const unpacked = gunzip && checkUnpacked(gunzip, path, text as TextCheck);
  // The reader below waits for `unpacked` last; until then a rejection must not count as unhandled.
  unpacked?.catch(() => undefined);
  try {
    for await (const chunk of input as AsyncIterable<Buffer>) {
      if (first && (!text || isLfsPointer(chunk))) refuse(path, headProblem(chunk, format));
      first = false;
      hash.update(chunk);
      if (!gunzip) text?.take(chunk);
      else if (!gunzip.destroyed && !gunzip.write(chunk))
        await new Promise((resolve) => gunzip.once("drain", resolve).once("close", resolve));
    }
    gunzip?.end();
    await unpacked;
  } finally {
    gunzip?.destroy();
  }
  text?.end();
  return { sha256: hash.digest("hex"), size };
}

async function checkUnpacked(gunzip: AsyncIterable<Buffer>, path: string, text: TextCheck): Promise<void> {
  let size = 0;
  try {
    for await (const chunk of gunzip) {
      size += chunk.length;
      if (size > MAX_UNPACKED) throw unreadable(path, "The file unpacks to more than 64 GiB.");
      text.take(chunk);
    }
  } catch (cause) {
    if (cause instanceof SlipwayError) throw cause;
    throw unreadable(path, "The file is not a whole gzip file.");
  }
}

/** Follows text chunk by chunk; a character cut in two by a chunk's end is put together again. */
class TextCheck {
  readonly #path: string;
  readonly #format: Format;
  readonly #lines: CsvLines | undefined;
  #first = true;
  #line = 1;
  #rest: Buffer = Buffer.alloc(0);

  constructor(path: string, format: Format) {
    this.#path = path;
    this.#format = format;
    this.#lines = format === "csv" ? new CsvLines() : undefined;
  }

  take(chunk: Buffer): void {
    const bytes = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk;
    const end = bytes.length - unfinished(bytes);
    const whole = bytes.subarray(0, end);
    if (this.#first) refuse(this.#path, headProblem(whole, this.#format));
    this.#first = false;
    const nul = whole.indexOf(0);
    if (nul >= 0)
      this.#refuse("The file holds a NUL byte.", whole, nul, "Is it a binary file, or UTF-16? Save it as UTF-8.");
    refuse(this.#path, this.#lines?.take(whole));
    if (!isUtf8(whole)) this.#refuse("The file is not UTF-8.", whole, firstInvalid(whole), "Save it as UTF-8.");
    this.#line += count(whole, whole.length);
    this.#rest = bytes.subarray(end);
  }

  end(): void {
    refuse(this.#path, this.#lines?.finish());
    if (this.#rest.length > 0) this.#refuse("The file is not UTF-8.", this.#rest, 0, "Save it as UTF-8.");
  }

  #refuse(message: string, bytes: Buffer, at: number, hint: string): never {
    throw new SlipwayError("DATA_UNREADABLE", message, {
      expected: "UTF-8 text",
      file: this.#path,
      line: this.#line + count(bytes, at),
      hint,
    });
  }
}

function count(bytes: Buffer, end: number): number {
  let lines = 0;
  for (let at = bytes.indexOf(10); at >= 0 && at < end; at = bytes.indexOf(10, at + 1)) lines += 1;
  return lines;
}

/** How many bytes at the end begin a character that the next chunk finishes: 0 to 3. */
function unfinished(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] as number;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return back < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? back : 0;
  }
  return 0;
}

function firstInvalid(bytes: Buffer): number {
  let low = 0;
  let high = bytes.length;
  while (high - low > 4) {
    let middle = (low + high) >> 1;
    while (middle > low && ((bytes[middle] as number) & 0xc0) === 0x80) middle -= 1;
    if (middle === low) return low;
    if (isUtf8(bytes.subarray(low, middle))) low = middle;
    else high = middle;
  }
  return low;
}

function refuse(path: string, problem: HeadProblem | undefined): void {
  if (problem === undefined) return;
  const { message, ...about } = problem;
  throw new SlipwayError("DATA_UNREADABLE", message, { file: path, ...about });
}

function unreadable(path: string, message: string, expected?: string, hint?: string): SlipwayError {
  return new SlipwayError("DATA_UNREADABLE", message, {
    file: path,
    ...(expected ? { expected } : {}),
    ...(hint ? { hint } : {}),
  });
}
