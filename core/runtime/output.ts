import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { SlipwayError } from "../errors.ts";
import { shown } from "./failure.ts";

/**
 * Checks a file that user code had to write: there, a regular file (no link: it could lead anywhere), not empty, not
 * too large. Rejects with OUTPUT_MISSING, SYMLINK_REFUSED or OUTPUT_TOO_LARGE. Returns its size in bytes.
 */
export async function checkOutput(
  file: string,
  about: { variable: string; command: string; maxBytes: number },
): Promise<number> {
  const { variable, command, maxBytes } = about;
  const by = `${shown(command)} has to write to ${variable}`;
  let handle: Awaited<ReturnType<typeof open>>;
  try {
    handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ELOOP") throw refuse("SYMLINK_REFUSED", by, "a regular file", "a symbolic link");
    if (code === "ENOENT") throw refuse("OUTPUT_MISSING", by, "a file", "no file", variable);
    throw error;
  }
  try {
    const found = await handle.stat();
    if (!found.isFile()) throw refuse("OUTPUT_MISSING", by, "a regular file", "something else", variable);
    if (found.size === 0) throw refuse("OUTPUT_MISSING", by, "a file with rows", "an empty file", variable);
    if (found.size > maxBytes) throw refuse("OUTPUT_TOO_LARGE", by, `at most ${maxBytes} bytes`, `${found.size} bytes`);
    return found.size;
  } finally {
    await handle.close();
  }
}

function refuse(
  code: "OUTPUT_MISSING" | "OUTPUT_TOO_LARGE" | "SYMLINK_REFUSED",
  message: string,
  expected: string,
  found: string,
  variable?: string,
): SlipwayError {
  const hint = `Write to the path that the environment variable ${variable} holds; it ended with exit code 0 without that.`;
  return new SlipwayError(code, message, { expected, found, ...(variable === undefined ? {} : { hint }) });
}
