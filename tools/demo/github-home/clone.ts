import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { git } from "../../../core/git/run.ts";

/** A person's own clone of the models repository: what they do in it, they do with Git, and push as themselves. */
export interface Clone {
  readonly folder: string;
  /** Brings main up to date and starts a branch there. */
  branch(name: string): Promise<void>;
  switch(name: string): Promise<void>;
  write(files: Readonly<Record<string, string | Buffer>>): Promise<void>;
  read(path: string): Promise<string>;
  remove(path: string): Promise<void>;
  /** Commits everything and pushes the current branch; resolves to the commit. */
  push(message: string): Promise<string>;
  git(...args: string[]): Promise<string>;
}

/** Clones from `url`, which carries the person's credentials, as `login`. */
export async function cloneAs(login: string, url: string, folder: string): Promise<Clone> {
  await mkdir(dirname(folder), { recursive: true });
  await git(dirname(folder), ["clone", "--quiet", url, folder]);
  const run = async (...args: string[]) => (await git(folder, args)).toString().trim();
  await run("config", "user.name", login);
  await run("config", "user.email", `${login}@example.org`);
  const clone: Clone = {
    folder,
    git: run,
    async branch(name) {
      await run("fetch", "--quiet", "origin");
      await run("switch", "--quiet", "--create", name, "origin/main");
    },
    async switch(name) {
      await run("switch", "--quiet", name);
    },
    async write(files) {
      for (const [path, content] of Object.entries(files)) {
        await mkdir(dirname(join(folder, path)), { recursive: true });
        await writeFile(join(folder, path), content);
      }
    },
    read: (path) => readFile(join(folder, path), "utf8"),
    remove: (path) => rm(join(folder, path), { recursive: true }),
    async push(message) {
      await run("add", "--all");
      await run("commit", "--quiet", "--allow-empty", "--message", message);
      await run("push", "--quiet", "--set-upstream", "origin", "HEAD");
      return run("rev-parse", "HEAD");
    },
  };
  return clone;
}
