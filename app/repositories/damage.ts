import { readdir } from "node:fs/promises";
import { SlipwayError } from "../../core/errors.ts";
import { runGit } from "../../core/git/run.ts";

const WORDS =
  /\.lock': File exists|cannot change to|bad config|not a git repository|bad object|corrupt|unable to read|loose object/i;

/** Whether an error looks as if the mirror on this disk caused it, and not the server, the network or the caller. */
export function looksDamaged(error: unknown): boolean {
  if (!(error instanceof SlipwayError)) return false;
  if (error.code === "GIT_FAILED" || error.code === "NOT_A_REPOSITORY") return true;
  return error.code === "REMOTE_FAILED" && WORDS.test(error.problems[0]?.found ?? "");
}

/** Whether an unused mirror is whole: it has no lock of a killed process, and every ref leads to objects that exist. */
export async function isSound(folder: string): Promise<boolean> {
  const names = await readdir(folder, { recursive: true }).catch(() => undefined);
  if (names === undefined || names.some((name) => name.endsWith(".lock"))) return false;
  const { code } = await runGit(folder, ["fsck", "--connectivity-only", "--no-dangling", "--no-progress"]);
  return code === 0;
}
