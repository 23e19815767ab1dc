import { versionCode } from "../../../core/acts/version-code.ts";
import { BoundedMap } from "../../../core/bounded-map.ts";
import { memoized } from "../../../core/registry/memoize.ts";
import type { Manifest } from "../../../schemas/manifest.ts";
import type { PortalHost } from "../request/host.ts";

/** A commit never changes: what it has of a model is listed once. */
const MAX_KEPT = 50;
const kept = new BoundedMap<string, Promise<ReadonlyMap<string, string>>>(MAX_KEPT);

/** The files that a version was made by, with Git's ids. Rejects as `versionCode` does. */
export function codeOf({ ports, repository }: PortalHost, manifest: Manifest): Promise<ReadonlyMap<string, string>> {
  const { commit, spec } = manifest.source;
  // A record may name any commit: one of another repository, whose readers are others, is not here.
  return memoized(kept, `${repository} ${commit} ${spec}`, () => versionCode(ports, manifest));
}
