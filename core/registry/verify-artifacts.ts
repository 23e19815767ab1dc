import type { Artifact, Manifest, StoredFile } from "../../schemas/manifest.ts";
import type { VersionEvaluation } from "../../schemas/version-evaluation.ts";
import { SlipwayError } from "../errors.ts";
import type { ArtifactStore } from "../stores/store.ts";
import type { Finding } from "./finding.ts";
import { formatPath } from "./paths.ts";

/** The stored bytes that a version names, each against its digest. */
export async function verifyArtifacts(
  artifacts: Pick<ArtifactStore, "verify">,
  manifest: Manifest,
): Promise<Finding[]> {
  const { model, version, data, imported, predictions_profile: profile, served_predictions: served } = manifest;
  // What was imported has no predictions, and may be a reference to somebody else's store.
  const artifact = imported?.download === undefined ? manifest.artifact : undefined;
  const predictions = imported ? undefined : manifest.predictions;
  const path = formatPath({ kind: "version", model, version });
  const files = { artifact, predictions, "predictions' profile": profile, "served predictions": served };
  return verifyFiles(artifacts, { ...files, profile: data.profile }, path, `${model} version ${version}`);
}

/** The stored bytes that the evaluation of a version names; the version's own are its manifest's. */
export async function verifyEvaluated(
  artifacts: Pick<ArtifactStore, "verify">,
  {
    model,
    version,
    number,
    predictions,
    predictions_profile: profile,
    served_predictions: served,
    data,
  }: VersionEvaluation,
): Promise<Finding[]> {
  const path = formatPath({ kind: "evaluation", model, version, number });
  const about = `evaluation ${number} of ${model} version ${version}`;
  const files = { predictions, "predictions' profile": profile, "served predictions": served };
  return verifyFiles(artifacts, { ...files, profile: data.profile }, path, about);
}

async function verifyFiles(
  artifacts: Pick<ArtifactStore, "verify">,
  files: Readonly<Record<string, Artifact | StoredFile | undefined>>,
  path: string,
  about: string,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const [what, file] of Object.entries(files)) {
    if (file === undefined) continue;
    const where = { path, expected: file.sha256, found: file.uri };
    try {
      const state = await artifacts.verify(file);
      if (state === "ok") continue;
      findings.push({
        ...where,
        code: state === "missing" ? "ARTIFACT_MISSING" : "ARTIFACT_CORRUPT",
        message: `${about}: ${what} ${state} in the store.`,
        hint: "Restore the file from a backup of the store: the digest says whether it is the right one.",
      });
    } catch (error) {
      if (!(error instanceof SlipwayError) || error.code === "INTERRUPTED") throw error;
      findings.push({
        ...where,
        code: "ARTIFACT_UNREACHABLE",
        message: `The ${what} of ${about} cannot be checked: ${error.message}`,
        hint: error.problems[0]?.hint ?? "Run verify where the store can be reached.",
      });
    }
  }
  return findings;
}
