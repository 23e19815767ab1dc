import { SlipwayError } from "../core/errors.ts";

const HINTS: Record<string, string> = {
  EACCES: "check who may read and write there",
  EPERM: "check who may read and write there",
  EROFS: "the file system is read-only: work somewhere else",
  ENOSPC: "the disk is full: make room",
  EDQUOT: "your disk quota is used up: make room",
  EMFILE: "too many files are open: raise the limit (ulimit -n)",
};

/** Turns what the operating system refused into SYSTEM_FAILED; any other error is passed on as it came. */
export function asSystemFailure(error: unknown): unknown {
  if (!(error instanceof Error) || !("syscall" in error) || !("code" in error)) return error;
  const hint = HINTS[String(error.code)];
  return new SlipwayError("SYSTEM_FAILED", error.message, { ...(hint ? { hint } : {}), cause: error });
}
