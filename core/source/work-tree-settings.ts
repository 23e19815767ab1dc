import { runGit } from "../git/run.ts";

/** What Git's configuration says of a work tree's files. */
export interface WorkTreeSettings {
  /** `core.fileMode`: the disk knows an executable bit. */
  fileMode: boolean;
  /** `core.autocrlf`, `true` or `input`: line ends become LF on their way into Git. */
  autocrlf: boolean;
}

const NO = /^(|false|no|off|0)$/i;

/** Reads both in one question. The last value of a key counts; a key without a value is true. */
export async function readSettings(top: string): Promise<WorkTreeSettings> {
  const { stdout } = await runGit(top, ["config", "-z", "--get-regexp", "^core\\.(filemode|autocrlf)$"]);
  const values = new Map<string, boolean>();
  for (const entry of stdout.toString().split("\0")) {
    const end = entry.indexOf("\n");
    if (entry !== "")
      values.set(end < 0 ? entry : entry.slice(0, end), end < 0 || !NO.test(entry.slice(end + 1).trim()));
  }
  return { fileMode: values.get("core.filemode") ?? true, autocrlf: values.get("core.autocrlf") ?? false };
}
