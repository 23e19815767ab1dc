import { appendFile, cp } from "node:fs/promises";
import { join } from "node:path";
import { git } from "../../core/git/run.ts";
import { freePort } from "../../tools/free-port.ts";
import { startHostedApp } from "../helpers/hosted-app.ts";
import type { PortalPlace } from "./place.ts";

/** Names the repository's own folder in the App's store. */
export const REPOSITORY_ID = 812_345_678;

/**
 * The App on a copy of the story's repository, which is private: ada and grace may write, mia may read, and eve is nobody there.
 * `stores` holds the store that the story's policy names; `root` is the folder for the copy.
 */
export async function startOnGitHub(story: string, stores: string, root: string) {
  const source = join(root, "approving");
  await cp(story, source, { recursive: true });
  await appendFile(join(source, "slipway.yaml"), "approvals: { production: 1 }\n");
  await git(source, ["commit", "--quiet", "--all", "--message", "Have somebody else agree to production"]);
  const hosted = await startHostedApp({ port: await freePort(), config: { SLIPWAY_STORES: [`file:${stores}`] } });
  const { sandbox, added } = hosted;
  for (const login of ["ada", "grace", "mia", "eve"]) sandbox.addUser(login);
  const repository = await sandbox.addRepository({
    ...{ owner: "acme", name: "models", id: REPOSITORY_ID, private: true, source },
    collaborators: { ada: "write", grace: "write", mia: "read" },
  });
  await added.install(repository.fullName);
  await hosted.settled();
  const place: PortalPlace = {
    ...{ origin: new URL(hosted.app.url).origin, base: `/r/${repository.fullName}`, folder: repository.folder },
    ...{ cookies: [], people: ["ada", "grace", "mia", "eve"] },
  };
  return { place, close: () => hosted.close() };
}
