import { type GitObjects, openObjects } from "../core/git/objects.ts";
import { registryOn } from "../core/registry/open.ts";
import type { Registry } from "../core/registry/registry.ts";
import type { Session } from "./command.ts";

/** The registry alone, for commands that only read it: neither policy nor store nor work tree is looked at. */
export async function withRegistry<T>(
  { folder }: Session,
  remote: string | undefined,
  act: (registry: Registry, objects: GitObjects) => Promise<T>,
): Promise<T> {
  const objects = await openObjects(folder);
  try {
    return await act(await registryOn(objects, remote, undefined), objects);
  } finally {
    await objects.close();
  }
}
