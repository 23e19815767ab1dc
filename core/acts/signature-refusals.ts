import type { Refusal } from "../../schemas/decision.ts";
import type { VersionNumber } from "../../schemas/names.ts";
import type { Signer } from "../../schemas/signer.ts";
import type { RegistrySnapshot } from "../registry/registry.ts";
import { versionSignature } from "../registry/version-signature.ts";
import type { Ports } from "./ports.ts";

/** Why a version may go to no stage for its tag's sake: where the policy names signers, one of them has to stand for it. */
export async function signatureRefusals(
  { objects, registry, remote }: Pick<Ports, "objects" | "registry" | "remote">,
  snapshot: RegistrySnapshot,
  version: { model: string; version: VersionNumber },
  signers: readonly Signer[],
): Promise<Refusal[]> {
  if (signers.length === 0 || snapshot.commit === undefined) return [];
  // What is decided in one go with others rests on commits that are not written yet.
  const drafted = (await objects.read(snapshot.commit)) === undefined;
  const published = drafted ? await registry.snapshot() : snapshot;
  const known = await published.manifest(version.model, version.version);
  // A version of the same go: its tag is signed with the others.
  if (known === undefined || published.commit === undefined) return [];
  const signature = await versionSignature(objects, { commit: published.commit, remote, signers }, version);
  if (signature === undefined || signature.state === "signed" || signature.state === "unsigned") return [];
  return [
    {
      code: "TAG_UNTRUSTED",
      message: `The tag of ${version.model} version ${version.version} is ${signature.state}: ${signature.why}.`,
      hint: "Register it again from its source, by whom the policy names; `slipway verify` lists every such tag (docs/signing.md).",
    },
  ];
}
