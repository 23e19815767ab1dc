import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Ports } from "../../../core/acts/ports.ts";
import { openObjects } from "../../../core/git/objects.ts";
import { git } from "../../../core/git/run.ts";
import { openWorkspace } from "../../../core/git/workspace.ts";
import { registryOn } from "../../../core/registry/open.ts";
import { openFolderStore } from "../../../core/stores/file/folder.ts";

export const ADA = { name: "Ada Lovelace", id: "ada@example.org" };
export const GRACE = { name: "Grace Hopper", id: "grace@example.org" };

/** A plain repository whose clock somebody else moves. */
export interface StoryRepository {
  folder: string;
  ports: Ports;
  /** Sets the clock: so many hours before the story's end. */
  at(hoursBefore: number): void;
  /** Writes files and commits all, at the clock's time. */
  commit(message: string, files: Readonly<Record<string, string>>): Promise<string>;
  close(): Promise<void>;
}

/** Makes the repository in an empty folder, and keeps artifacts in `store`. Its people act as on a host that knows them. */
export async function openStory(folder: string, store: string | undefined, end: Date): Promise<StoryRepository> {
  await git(folder, ["init", "--quiet", "--initial-branch=main"]);
  await git(folder, ["config", "user.name", ADA.name]);
  await git(folder, ["config", "user.email", ADA.id]);
  let now = end;
  const story: Pick<StoryRepository, "commit"> = {
    async commit(message, files) {
      for (const [path, text] of Object.entries(files)) {
        await mkdir(dirname(join(folder, path)), { recursive: true });
        await writeFile(join(folder, path), text);
      }
      const date = now.toISOString();
      await git(folder, ["add", "--all"]);
      const env = { GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date };
      await git(folder, ["commit", "--quiet", "--allow-empty", "--message", message], { env });
      return (await git(folder, ["rev-parse", "HEAD"])).toString().trim();
    },
  };
  await git(folder, ["commit", "--quiet", "--allow-empty", "--message", "First commit"], {
    env: { GIT_AUTHOR_DATE: "2025-01-01T00:00:00Z", GIT_COMMITTER_DATE: "2025-01-01T00:00:00Z" },
  });
  const ports = await openRepository(folder, store, () => now);
  return {
    folder,
    ports,
    ...story,
    at(hoursBefore) {
      now = new Date(end.getTime() - hoursBefore * 3_600_000);
    },
    close: () => ports.objects.close(),
  };
}

/** What acts on a repository need, with a clock of the caller's. Close its objects. */
export async function openRepository(folder: string, store: string | undefined, clock: () => Date): Promise<Ports> {
  const objects = await openObjects(folder);
  return {
    ...{ name: "cli", identifiesUsers: true, runsUserCode: true, remote: undefined, objects, clock },
    workspace: await openWorkspace(folder),
    registry: await registryOn(objects, undefined, undefined),
    store: openFolderStore(store ?? join(folder, ".slipway/store"), `file:${store ?? ".slipway/store"}`),
  };
}
