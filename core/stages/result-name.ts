import type { Sha256 } from "../../schemas/names.ts";

/** An Actions artifact that holds a run's result, as the name of the job that attests it says. */
export interface ResultName {
  /** GitHub's id of the artifact. */
  artifact: number;
  /** Over the zip, as it was uploaded. */
  sha256: Sha256;
}

/**
 * The name of a model's last job. An artifact's own name proves nothing, since user code may upload under any; a job's
 * name is evaluated by GitHub from the outputs of the jobs before it.
 */
export function formatResultName({ artifact, sha256 }: ResultName): string {
  return `result ${artifact} sha256:${sha256}`;
}

/** The inverse, also of a job of called workflows (`pipeline / penguins / result …`); undefined for every other name. */
export function parseResultName(name: string): ResultName | undefined {
  const [, artifact = "", sha256 = ""] = /(?:^| \/ )result ([1-9]\d{0,14}) sha256:([0-9a-f]{64})$/.exec(name) ?? [];
  return artifact === "" ? undefined : { artifact: Number(artifact), sha256 };
}
