import { SlipwayError } from "../../../core/errors.ts";
import { type DefaultBranch, defaultBranch } from "../../../core/git/default-branch.ts";
import { looseRef } from "../../../core/git/loose-ref.ts";
import { trackingRef } from "../../../core/git/remote.ts";
import type { CommitId } from "../../../schemas/names.ts";
import type { PortalHost } from "../request/host.ts";

/** Milliseconds: where Git itself has to be asked, that is how old an answer may be. */
const LIFE = 5_000;

/** Where the default branch stands here, for reading; undefined before its first commit. A process starts only where a file does not say it. */
export function defaultTips({ ports }: Pick<PortalHost, "ports">): () => Promise<CommitId | undefined> {
  const { workspace, remote } = ports;
  let known: DefaultBranch | undefined;
  let until = 0;
  let asking: Promise<CommitId | undefined> | undefined;

  async function ask(): Promise<CommitId | undefined> {
    known = await defaultBranch(workspace).catch((error: unknown) => {
      if (error instanceof SlipwayError) return undefined;
      throw error;
    });
    until = Date.now() + LIFE;
    return known?.commit;
  }

  return async () => {
    const branch = known && `refs/heads/${known.name}`;
    const loose = branch && looseRef(workspace, remote === undefined ? branch : trackingRef(remote, branch));
    if (loose !== undefined) return loose;
    if (Date.now() < until) return known?.commit;
    asking ??= ask().finally(() => {
      asking = undefined;
    });
    return asking;
  };
}
