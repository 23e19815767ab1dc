import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { openPromise, type ZipFile } from "yauzl";
import { SlipwayError } from "../../core/errors.ts";
import { isSafePath } from "../../core/stores/artifact.ts";
import { isRegularEntry } from "../../core/stores/zip-entry.ts";

/** What an artifact of a stage may unpack to. */
const MOST = { entries: 200_000, bytes: 64 * 1024 ** 3 };

/**
 * Unpacks an artifact's zip into a folder, which it makes. User code may have run beside whoever made the zip. So
 * these reject with HANDOVER_CORRUPT or OUTPUT_TOO_LARGE: a path that leaves the folder, a link, an encrypted or
 * doubled entry, and more bytes than allowed, declared or found.
 */
export async function unzip(file: string, folder: string, most = MOST): Promise<void> {
  await mkdir(folder, { recursive: true });
  let archive: ZipFile | undefined;
  let left = most.bytes;
  try {
    archive = await openPromise(file, { lazyEntries: true, strictFileNames: true, validateEntrySizes: true });
    if (archive.entryCount > most.entries) throw tooLarge(`${archive.entryCount} entries`);
    for await (const entry of archive.eachEntry()) {
      const { fileName, uncompressedSize } = entry;
      if (fileName.endsWith("/") && isSafePath(fileName.slice(0, -1))) continue;
      if (!isSafePath(fileName) || entry.isEncrypted() || !isRegularEntry(entry))
        throw corrupt(JSON.stringify(fileName));
      if (uncompressedSize > left) throw tooLarge(`more than ${most.bytes} bytes`);
      const target = join(folder, fileName);
      await mkdir(dirname(target), { recursive: true });
      const count = new Transform({
        transform(chunk: Buffer, _encoding, done) {
          left -= chunk.length;
          done(left < 0 ? tooLarge(`more than ${most.bytes} bytes`) : null, chunk);
        },
      });
      await pipeline(await archive.openReadStreamPromise(entry), count, createWriteStream(target, { flags: "wx" }));
    }
  } catch (error) {
    if (error instanceof SlipwayError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== undefined && code !== "EEXIST" && code !== "ENOTDIR") throw error;
    throw corrupt(message);
  } finally {
    archive?.close();
  }
}

function corrupt(found: string): SlipwayError {
  return new SlipwayError("HANDOVER_CORRUPT", "An artifact of this run is not what a stage hands over", {
    expected: "a zip of regular files inside one folder",
    found: found.slice(0, 200),
  });
}

function tooLarge(found: string): SlipwayError {
  return new SlipwayError("OUTPUT_TOO_LARGE", "An artifact of this run is too large once unpacked", { found });
}
