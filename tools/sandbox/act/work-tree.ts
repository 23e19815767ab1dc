import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { serverGit } from "../git/run.ts";
import type { Attempt } from "../runner/attempt.ts";
import { inActsWords } from "./exported-tree.ts";

/** A work tree of the trigger's commit alone, which knows the stand-in as its origin. Resolves to its folder. */
export async function openWorkTree({ state, repo, trigger, options }: Attempt, root: string): Promise<string> {
  const folder = path.join(root, "tree");
  await mkdir(folder, { recursive: true });
  const at = (...args: string[]) => serverGit(folder, args);
  await at("init", "-q");
  await at("fetch", "-q", "--no-tags", "--depth=1", `file://${repo.folder}`, trigger.sha);
  await at("checkout", "-q", "--detach", "FETCH_HEAD");
  await at("remote", "add", "origin", `${serverUrl(state.url)}/${repo.fullName}`);
  const workflows = path.join(folder, ".github/workflows");
  for (const name of await readdir(workflows)) {
    const file = path.join(workflows, name);
    await writeFile(file, inActsWords(await readFile(file, "utf8"), options.packaged));
  }
  return folder;
}

/** A name of this machine that `@actions/artifact` does not take for an Enterprise Server. */
export function serverUrl(url: string): string {
  return url.replace("127.0.0.1", "github.localhost");
}
