import type { Decision } from "../../schemas/decision.ts";
import type { Manifest } from "../../schemas/manifest.ts";

/** What cannot be true of how a version's bytes are known. */
export function bytesFaults({ bytes, artifact }: Manifest): string[] {
  if (bytes?.outcome !== "attested" || /^(oci|s3):/.test(artifact.uri)) return [];
  return [`its bytes are attested, and in a folder (${artifact.uri}): who has it reads it`];
}

/** Where a decision says something else of the version's bytes than its manifest; undefined where they agree. */
export function checkFault({ artifact_check }: Decision, { bytes, imported }: Manifest): string | undefined {
  const { outcome, run } = artifact_check;
  if ((imported?.download !== undefined) !== (outcome === "elsewhere"))
    return `it says that the version's files are ${outcome}, and the manifest denies it`;
  if (outcome === "attested" && !(bytes?.outcome === "attested" && bytes.run === run))
    return `it rests on the word of run ${run} on the version's bytes, and the manifest does not`;
  return undefined;
}
