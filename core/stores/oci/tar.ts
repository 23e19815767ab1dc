import { SlipwayError } from "../../errors.ts";

const BLOCK = 512;
/** What an octal field of eleven digits can say. */
const MOST_OCTAL = 8 ** 11 - 1;

export interface TarFile {
  /** Relative, with slashes. */
  path: string;
  size: number;
  open(): AsyncIterable<Buffer>;
}

/** A tar of files, in their order, with the folders that they are in: the same files are the same bytes (POSIX.1-2001, pax). */
export async function* tarOf(files: readonly TarFile[]): AsyncGenerator<Buffer> {
  const made = new Set<string>();
  for (const { path, size, open } of files) {
    const parts = path.split("/");
    for (let depth = 1; depth < parts.length; depth++) {
      const folder = `${parts.slice(0, depth).join("/")}/`;
      if (made.has(folder)) continue;
      made.add(folder);
      yield entry(folder, 0, "5");
    }
    yield entry(path, size, "0");
    let written = 0;
    for await (const chunk of open()) {
      written += chunk.length;
      yield chunk;
    }
    if (written !== size) throw new SlipwayError("STORE_FAILED", "A file changed while it was being stored");
    yield Buffer.alloc(padding(size));
  }
  yield Buffer.alloc(2 * BLOCK);
}

function entry(path: string, size: number, type: "0" | "5"): Buffer {
  const records: string[] = [];
  if (Buffer.byteLength(path) > 100 || /[^\x20-\x7e]/.test(path)) records.push(record("path", path));
  if (size > MOST_OCTAL) records.push(record("size", String(size)));
  const short = path.replace(/[^\x20-\x7e]/g, "_").slice(0, 100);
  const main = header(short, size > MOST_OCTAL ? 0 : size, type);
  if (records.length === 0) return main;
  const pax = Buffer.from(records.join(""));
  return Buffer.concat([header("pax", pax.length, "x"), pax, Buffer.alloc(padding(pax.length)), main]);
}

/** `LENGTH key=value\n`, whose length counts itself. */
function record(key: string, value: string): string {
  const rest = ` ${key}=${value}\n`;
  let length = Buffer.byteLength(rest);
  while (length < Buffer.byteLength(rest) + String(length).length) length += 1;
  return `${length}${rest}`;
}

function header(name: string, size: number, type: "0" | "5" | "x"): Buffer {
  const block = Buffer.alloc(BLOCK);
  const octal = (value: number, at: number, length: number) =>
    block.write(`${value.toString(8).padStart(length - 1, "0")}\0`, at, "latin1");
  block.write(name, 0, 100, "latin1");
  octal(type === "5" ? 0o755 : 0o644, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(size, 124, 12);
  octal(0, 136, 12);
  block.write(`        ${type}`, 148, "latin1");
  block.write("ustar\0" + "00", 257, "latin1");
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return block;
}

function padding(size: number): number {
  return (BLOCK - (size % BLOCK)) % BLOCK;
}
