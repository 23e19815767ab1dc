import type { CommitId } from "../../schemas/names.ts";
import type { Ports } from "../acts/ports.ts";
import { SlipwayError } from "../errors.ts";
import { looseRef } from "../git/loose-ref.ts";
import { contact, gitWords, remoteFailed } from "../git/remote.ts";
import { isAncestor } from "../registry/high-water-mark.ts";
import { branchLost, setBack } from "../registry/lost-branch.ts";
import { REGISTRY_REF } from "../registry/paths.ts";

type TipPorts = Pick<Ports, "workspace" | "objects" | "registry" | "remote">;

/** Milliseconds between two looks: a local one reads a file, a remote one is a Git process and a connection. */
export const LOOK_EVERY = { local: 1_000, remote: 3_000 } as const;

/**
 * The newest commit of the registry, cheap while it stands still; `known` is the one that was seen last. Rejects with
 * REGISTRY_REWRITTEN where the branch lacks `known`, with REMOTE_FAILED where the remote does not answer.
 */
export type LookAtTip = (known: CommitId | undefined) => Promise<CommitId | undefined>;

export function lookAtTip(ports: TipPorts): LookAtTip {
  const { remote, registry, objects } = ports;
  const listed = remote === undefined ? () => listedHere(ports) : () => listedOn(ports, remote);
  return async (known) => {
    const first = await listed();
    if (first !== undefined && first === known) return known;
    const { commit: tip } = await registry.snapshot();
    if (tip === known) return known;
    if (known === undefined) {
      const lost = tip === undefined || remote !== undefined ? undefined : await setBack(objects, tip);
      if (lost !== undefined) throw branchLost(lost);
    } else if (tip === undefined || !(await isAncestor(objects.folder, known, tip))) throw rewritten(known, tip);
    return tip;
  };
}

/** Without a process, unless Git packed the ref. */
async function listedHere({ workspace, registry }: TipPorts): Promise<CommitId | undefined> {
  return looseRef(workspace, REGISTRY_REF) ?? (await registry.snapshot()).commit;
}

/** Without bringing anything here. */
async function listedOn({ objects }: TipPorts, remote: string): Promise<CommitId | undefined> {
  const end = await contact(objects.repository, ["ls-remote", "--refs", remote, REGISTRY_REF]);
  if (end.code !== 0) throw remoteFailed(remote, gitWords(end));
  return /^([0-9a-f]{40})\t/.exec(end.stdout.toString())?.[1];
}

function rewritten(known: CommitId, tip: CommitId | undefined): SlipwayError {
  const what = tip === undefined ? "was deleted" : "was rewritten";
  return new SlipwayError("REGISTRY_REWRITTEN", `The branch registry ${what} while it was followed.`, {
    expected: `a branch that holds commit ${known}`,
    found: tip ?? "no branch registry",
    hint: "What answers stays. Restore the branch (`slipway verify` says how); if the new history was meant, start `slipway serve` again.",
  });
}
