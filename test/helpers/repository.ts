import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { git } from "../../core/git/run.ts";

/** What to write at a path: text, bytes, a link's target, or an executable's text. */
export type Content = string | Buffer | { link: string } | { run: string };

/** A real repository in a temporary folder. */
export interface TestRepository {
  readonly folder: string;
  write(files: Readonly<Record<string, Content>>): Promise<void>;
  remove(path: string): Promise<void>;
  /** Commits everything that is not ignored; resolves to the commit's id. */
  commit(message?: string): Promise<string>;
  /** Removes the folder. */
  end(): Promise<void>;
}

export async function makeRepository(files: Readonly<Record<string, Content>> = {}): Promise<TestRepository> {
  const folder = await mkdtemp(join(tmpdir(), "slipway-repository-"));
  await git(folder, ["init", "-q", "-b", "main"]);
  const repository: TestRepository = {
    folder,
    async write(contents) {
      for (const [path, content] of Object.entries(contents)) {
        const target = join(folder, path);
        await mkdir(dirname(target), { recursive: true });
        if (typeof content === "string" || Buffer.isBuffer(content)) await writeFile(target, content);
        else if ("link" in content) await symlink(content.link, target);
        else {
          await writeFile(target, content.run);
          await chmod(target, 0o755);
        }
      }
    },
    remove: (path) => rm(join(folder, path), { recursive: true }),
    async commit(message = "change") {
      await git(folder, ["add", "-A"]);
      const identity = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org"];
      await git(folder, [...identity, "commit", "-q", "--allow-empty", "-m", message]);
      return (await git(folder, ["rev-parse", "HEAD"])).toString().trim();
    },
    end: () => rm(folder, { recursive: true, force: true, maxRetries: 5 }),
  };
  await repository.write(files);
  return repository;
}
