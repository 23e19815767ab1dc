import { randomUUID } from "node:crypto";
import { closeSync, fsync, openSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { promisify } from "node:util";

/** Resolves when what was written to an open file, or renamed in an open folder, is on the disk. */
export const syncFile = promisify(fsync);

/**
 * Writes a file so that it holds either all of the content or what it held before, also after a power cut.
 * The user's alone, unless `mode` (less the umask) says otherwise.
 */
export async function writeDurably(path: string, content: string, mode = 0o600): Promise<void> {
  const temporary = `${path}.${randomUUID()}`;
  await writeSynced(temporary, content, mode);
  try {
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/**
 * Makes a file, and resolves when its bytes are on the disk; where it rejects, the file is not there. Only the disk is waited
 * for: the other steps take microseconds each, which is less than handing them over to a thread.
 */
export async function writeSynced(path: string, content: string | Buffer, mode: number): Promise<void> {
  const file = openSync(path, "wx", mode);
  try {
    writeFileSync(file, content);
    await syncFile(file);
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  } finally {
    closeSync(file);
  }
}
