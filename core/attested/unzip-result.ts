import { type Entry, fromBufferPromise, type ZipFile } from "yauzl";
import { isRegularEntry } from "../stores/zip-entry.ts";
import { type Refused, refused } from "./refusal.ts";

const NAME = "result.json";
export const MAX_RESULT_BYTES = 32 * 1024 * 1024;
/** JSON of repeated numbers packs well; what packs better than this is made to be unpacked. */
const MAX_RATIO = 200;
const RATIO_COUNTS_FROM = 1024 * 1024;

/**
 * The bytes of result.json in a zip that holds that one regular file. Whatever else there is, or is declared, is refused:
 * further or doubled entries, paths, links, encryption, and more bytes than may be, declared or found.
 */
export async function unzipResult(zip: Buffer): Promise<Buffer | Refused> {
  let archive: ZipFile | undefined;
  try {
    archive = await fromBufferPromise(zip, { lazyEntries: true, strictFileNames: true, validateEntrySizes: true });
    if (archive.entryCount !== 1) return invalid(`it holds ${archive.entryCount} entries`);
    for await (const entry of archive.eachEntry()) {
      const wrong = wrongEntry(entry);
      return wrong === undefined ? await contentOf(archive, entry) : wrong;
    }
    return invalid("it holds no entry");
  } catch (error) {
    return invalid(error instanceof Error ? error.message : "it cannot be read");
  } finally {
    archive?.close();
  }
}

function wrongEntry(entry: Entry): Refused | undefined {
  const { fileName, uncompressedSize, compressedSize } = entry;
  if (fileName !== NAME) return invalid(`it holds ${JSON.stringify(fileName.slice(0, 100))}`);
  if (entry.isEncrypted()) return invalid("its entry is encrypted");
  if (!isRegularEntry(entry)) return invalid("its entry is no regular file");
  if (uncompressedSize > MAX_RESULT_BYTES) return unpacksTooLarge(`${uncompressedSize} bytes`);
  if (uncompressedSize > RATIO_COUNTS_FROM && uncompressedSize > MAX_RATIO * compressedSize) {
    return unpacksTooLarge(`${uncompressedSize} bytes out of ${compressedSize}`);
  }
  return undefined;
}

async function contentOf(archive: ZipFile, entry: Entry): Promise<Buffer | Refused> {
  const stream = await archive.openReadStreamPromise(entry);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.length;
    // Leaving the loop ends the unpacking: what was declared is not what is trusted.
    if (size > MAX_RESULT_BYTES) return unpacksTooLarge("more");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function invalid(found: string): Refused {
  return refused("RESULT_ZIP_INVALID", `The result's zip is refused: expected the one file ${NAME}, but ${found}.`);
}

function unpacksTooLarge(found: string): Refused {
  return refused(
    "RESULT_TOO_LARGE",
    `The result unpacks to too much: expected at most ${MAX_RESULT_BYTES} bytes, found ${found}.`,
    "Name fewer slices or classes: a result holds numbers alone.",
  );
}
