import type { Manifest, Signature } from "../../schemas/manifest.ts";
import type { CommitId } from "../../schemas/names.ts";
import type { Signer } from "../../schemas/signer.ts";
import { checkedVersion } from "../acts/checked-version.ts";
import type { Ports } from "../acts/ports.ts";
import { displayName } from "../promotion/apply-change.ts";
import { readSnapshot } from "../registry/snapshot.ts";
import type { RunnableModel } from "../stages/runnable-model.ts";
import { servable } from "./servable.ts";

/** What the registry says is in a stage. */
export interface Target {
  /** The model's folder in the registry. */
  model: string;
  stage: string;
  version: number;
  /** The id of the decision that put it there. */
  decision: string;
}

/** A target that verifies, with all that making it answer needs. Nothing of it was started. */
export interface VerifiedTarget extends Target {
  /** What the model is called. */
  called: string;
  manifest: Manifest;
  signature: Signature;
  runnable: RunnableModel;
}

/**
 * A target whose records, tags and decision verify at this commit of the registry, with its model as it stood at the version's own
 * commit. Rejects as checkedVersion and servable do.
 */
export async function verifyTarget(
  ports: Pick<Ports, "objects" | "registry" | "remote">,
  target: Target,
  at: {
    tip: CommitId;
    signers: readonly Signer[] /** It is not in the stage, but on its way there. */;
    rolls?: boolean;
  },
): Promise<VerifiedTarget> {
  const { model } = target;
  const reference = at.rolls ? { model, version: target.version } : { model, stage: target.stage };
  const snapshot = await readSnapshot(ports.objects, at.tip);
  const { record, manifest } = await checkedVersion(ports, reference, { snapshot, signers: at.signers });
  const called = displayName(record);
  return { ...target, called, manifest, ...(await servable(ports, called, manifest)) };
}
