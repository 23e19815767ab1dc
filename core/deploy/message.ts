import type { BlobId, CommitId } from "../../schemas/names.ts";

/** What a commit of the branch `deploy` is made of. */
export interface Projection {
  /** The registry's commit. */
  registry: CommitId;
  /** The bytes of slipway.yaml. */
  policy: BlobId;
  renderer: number;
}

/** So many changes are named in a subject. */
const NAMED = 3;

/** A commit's message: which versions it brings or takes away, and what its files follow from. */
export function formatDeployMessage(changes: readonly string[], { registry, policy, renderer }: Projection): string {
  const named = changes.slice(0, NAMED).join(", ");
  const more = changes.length > NAMED ? ` and ${changes.length - NAMED} more` : "";
  const subject = changes.length === 0 ? "Describe the stages otherwise" : `${named}${more}`;
  return [subject, "", `Registry: ${registry}`, `Policy: ${policy}`, `Renderer: ${renderer}`].join("\n");
}

/** The inverse; undefined for a commit that Slipway did not write. */
export function parseDeployMessage(message: string): Projection | undefined {
  const [, registry, policy, renderer] =
    /\n\nRegistry: ([0-9a-f]{40})\nPolicy: ([0-9a-f]{40})\nRenderer: ([1-9]\d{0,5})\n?$/.exec(message) ?? [];
  if (registry === undefined || policy === undefined || renderer === undefined) return undefined;
  return { registry, policy, renderer: Number(renderer) };
}
