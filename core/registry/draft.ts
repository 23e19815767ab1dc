import type { CommitId } from "../../schemas/names.ts";
import { withDrafts } from "../git/drafted-objects.ts";
import type { EncodedObject } from "../git/encode.ts";
import type { GitObjects } from "../git/objects.ts";
import { composeChange } from "./compose.ts";
import { formatPath } from "./paths.ts";
import type { Group, RegistryBackend } from "./registry-backend.ts";
import type { RegistryChange } from "./registry-change.ts";

/** Changes that follow one another on a state, composed, and not written yet. */
export interface Draft extends Group {
  /** Their objects, by id, until they are published. */
  pending: Map<string, EncodedObject>;
}

export function emptyDraft(parent: CommitId | undefined): Draft {
  return { parent, changes: [], pending: new Map() };
}

/** The draft with one more change. Rejects as `composeChange` does; what was drafted before stays as it is. */
export async function addToDraft(
  objects: GitObjects,
  backend: RegistryBackend,
  { parent, changes, pending }: Draft,
  change: RegistryChange,
): Promise<Draft> {
  const drafted = new Map(changes.flatMap(({ adds, commit }) => adds.map((version) => [version, commit] as const)));
  // A stage's tag stands on the commit of a version that may be anybody's.
  const files = new Set(change.files.map(({ path }) => path));
  const others = change.tags.flatMap(({ on }) =>
    drafted.has(`${on.model}@${on.version}`) || files.has(formatPath({ kind: "version", ...on })) ? [] : [on],
  );
  if (others.length > 0) await backend.bringTags?.(others);
  const composed = await composeChange(
    withDrafts(objects, pending),
    change,
    changes.at(-1)?.commit ?? parent,
    backend.tagRefs,
    {
      place: changes.length + 1,
      knownCommit: (on) => drafted.get(`${on.model}@${on.version}`) ?? backend.knownCommit?.(on),
    },
  );
  for (const object of composed.objects) pending.set(object.id, object);
  return { parent, changes: [...changes, composed], pending };
}
