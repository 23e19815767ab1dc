import { type GitObjects, openObjects } from "../core/git/objects.ts";
import { runGit } from "../core/git/run.ts";
import { registryOn } from "../core/registry/open.ts";
import { REGISTRY_REF } from "../core/registry/paths.ts";
import type { Registry } from "../core/registry/registry.ts";
import type { Session } from "./command.ts";

/** Opens the registry alone, for commands that only read it: they need neither policy, store nor work tree. */
export async function withRegistry<T>(
  session: Session,
  remote: string | undefined,
  act: (registry: Registry, objects: GitObjects) => Promise<T>,
): Promise<T> {
  const objects = await openObjects(session.folder);
  try {
    await noteElsewhere(session, remote);
    return await act(await registryOn(objects, remote, undefined), objects);
  } finally {
    await objects.close();
  }
}

/**
 * Says that a remote has the registry if this repository has none: a fresh clone has only the remote's branch, and
 * would seem to have nothing registered.
 */
export async function noteElsewhere({ folder, progress }: Session, remote: string | undefined): Promise<void> {
  if (remote !== undefined) return;
  const { stdout } = await runGit(folder, [
    "for-each-ref",
    "--format=%(refname)",
    REGISTRY_REF,
    "refs/remotes/*/registry",
  ]);
  const refs = stdout.toString().split("\n").filter(Boolean);
  const [first] = refs;
  if (first === undefined || refs.includes(REGISTRY_REF)) return;
  const name = first.slice("refs/remotes/".length, -"/registry".length);
  progress.note(`This repository has no registry, and ${name} has one: --remote ${name} takes that.`);
}
