import type { Manifest } from "../../schemas/manifest.ts";
import { SlipwayError } from "../errors.ts";
import type { ArtifactStore } from "../pipeline/store/store.ts";
import type { Finding } from "./finding.ts";
import { formatPath } from "./paths.ts";

/** The stored bytes that a version names, each against its digest. */
export async function verifyArtifacts(
  artifacts: Pick<ArtifactStore, "verify">,
  manifest: Manifest,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  const { model, version, data, imported } = manifest;
  // What was handed in has no predictions, and may be a reference to somebody else's store.
  const artifact = imported?.download === undefined ? manifest.artifact : undefined;
  const predictions = imported ? undefined : manifest.predictions;
  const path = formatPath({ kind: "version", model, version });
  for (const [what, file] of Object.entries({ artifact, predictions, profile: data.profile })) {
    if (file === undefined) continue;
    const about = { path, expected: file.sha256, found: file.uri };
    try {
      const state = await artifacts.verify(file);
      if (state === "ok") continue;
      findings.push({
        ...about,
        code: state === "missing" ? "ARTIFACT_MISSING" : "ARTIFACT_CORRUPT",
        message: `${model} version ${version}: ${what} ${state} in the store.`,
        hint: "Restore the file from a backup of the store: the digest says whether it is the right one.",
      });
    } catch (error) {
      if (!(error instanceof SlipwayError) || error.code === "INTERRUPTED") throw error;
      findings.push({
        ...about,
        code: "ARTIFACT_UNREACHABLE",
        message: `The ${what} of ${model} version ${version} cannot be checked: ${error.message}`,
        hint: error.problems[0]?.hint ?? "Run verify where the store can be reached.",
      });
    }
  }
  return findings;
}
