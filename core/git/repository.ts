import { resolve } from "node:path";
import { git } from "./run.ts";

/** Where a repository keeps what all its work trees share. */
export interface Repository {
  /** The folder it was opened by. */
  folder: string;
  /** Absolute: `.git`, or the bare repository itself. */
  commonFolder: string;
  /** Absolute. */
  objectFolder: string;
}

/** Rejects with GIT_FAILED where there is none; openObjects says it better, and is asked first. */
export async function findRepository(folder: string): Promise<Repository> {
  const output = await git(folder, ["rev-parse", "--git-common-dir", "--git-path", "objects"]);
  const [commonFolder = "", objectFolder = ""] = output.toString().split("\n");
  return { folder, commonFolder: resolve(folder, commonFolder), objectFolder: resolve(folder, objectFolder) };
}
