import type { Decision, Refusal } from "../../schemas/decision.ts";
import type { Manifest } from "../../schemas/manifest.ts";
import type { BlobId } from "../../schemas/names.ts";
import type { Signer } from "../../schemas/signer.ts";
import type { VersionEvaluation } from "../../schemas/version-evaluation.ts";

/** A version as decisions see it. */
export interface EvaluatedVersion {
  /** Of one that was imported: with what its newest evaluation found. */
  manifest: Manifest;
  /** The manifest's, as it is recorded. */
  blob: BlobId;
  /** Which evaluation that is; absent if the version was evaluated as it was registered, or never. */
  evaluation?: NonNullable<Decision["evaluation"]>;
}

/**
 * A version that was imported, with what its evaluation found where the manifest has nothing: from then on it is measured,
 * compared and judged as every other version. Who imported it, and what its files are, stays.
 */
export function withEvaluation(
  version: Pick<EvaluatedVersion, "manifest" | "blob">,
  found: { record: VersionEvaluation; blob: BlobId } | undefined,
): EvaluatedVersion {
  const { manifest, blob } = version;
  // What was made by a run of its own has its evaluation in the manifest, whatever lies beside it.
  if (found === undefined || manifest.imported === undefined) return { manifest, blob };
  // Another version's evaluation says nothing of this one.
  if (!isEvaluationOf(found.record, version)) return { manifest, blob };
  const { source, fingerprint, predictions, data, environment, signature, evaluation, number } = found.record;
  return {
    manifest: {
      ...manifest,
      ...{ source, fingerprint, predictions, data, environment, evaluation },
      task: evaluation.task,
      ...(signature === undefined ? {} : { signature }),
    },
    blob,
    evaluation: { number, blob: found.blob },
  };
}

/** Whether an evaluation is of this very version and its files, wherever it lies. */
export function isEvaluationOf(
  { model, version, manifest: evaluated, artifact_sha256 }: VersionEvaluation,
  { manifest, blob }: Pick<EvaluatedVersion, "manifest" | "blob">,
): boolean {
  const same = model === manifest.model && version === manifest.version && evaluated === blob;
  return same && artifact_sha256 === manifest.artifact.sha256;
}

/**
 * Which rules a version is asked by. One that was imported passed no gate when it was registered: once it is evaluated, the
 * gates of `register` are asked along with a stage's. Until then its model may have no spec.
 */
export function rulesFor({ manifest, evaluation }: EvaluatedVersion): { imported: boolean; evaluated: boolean } {
  return { imported: manifest.imported !== undefined && evaluation === undefined, evaluated: evaluation !== undefined };
}

/** An evaluation has no tag that somebody could sign: where the policy names signers, nobody attests it. */
export function unsignedEvaluation({ manifest, evaluation }: EvaluatedVersion, signers: readonly Signer[]): Refusal[] {
  if (evaluation === undefined || signers.length === 0) return [];
  const { model, version } = manifest;
  return [
    {
      code: "TAG_UNTRUSTED",
      message: `Evaluation ${evaluation.number} of ${model} version ${version} carries no signature, and the policy names who signs.`,
      hint: "Let the platform make the version: put its training on the default branch, and register from there.",
    },
  ];
}
