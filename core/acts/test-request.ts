import { createHash, randomBytes } from "node:crypto";
import type { ModelSpec } from "../../schemas/model-spec.ts";
import type { CommitId } from "../../schemas/names.ts";
import type { Policy } from "../../schemas/policy.ts";
import type { TestRequest } from "../data/test-part.ts";
import type { RegistrySnapshot } from "../registry/registry.ts";

interface PartAbout {
  /** The default branch's, so that no branch widens what it sees. */
  policy: Policy;
  /** The model's own, and what the default branch has of it. */
  spec: ModelSpec;
  deciding: ModelSpec | undefined;
  binding: boolean;
}

/**
 * The test rows that a run scores, and the key of their sketch. With a `preview` a binding run decides on the rest alone, and
 * any other sees the preview: by the columns that the default branch's spec names, since with another id a branch would see
 * other rows of those that decide.
 */
export async function testRequest(
  snapshot: RegistrySnapshot,
  commit: CommitId | undefined,
  { policy: { preview }, spec, deciding, binding }: PartAbout,
): Promise<TestRequest> {
  const sketchKey = (await keyOfSketches(snapshot)) ?? newKey(commit);
  if (preview === undefined) return { sketchKey };
  const by = (binding ? spec : (deciding ?? spec)).data;
  return { sketchKey, part: { of: binding ? "rest" : "preview", share: preview, by } };
}

/** The key of the sketches that a registry has; undefined where it has none. */
async function keyOfSketches(snapshot: RegistrySnapshot): Promise<string | undefined> {
  for (const test of await snapshot.testSets()) {
    const set = await snapshot.read({ kind: "test-set", test });
    if (set?.sketch) return set.sketch.key;
  }
  return undefined;
}

/** Of the run's commit, so that models which one push brings have the same; random for a work tree without one. */
function newKey(commit: CommitId | undefined): string {
  if (commit === undefined) return randomBytes(16).toString("hex");
  return createHash("sha256").update(`sketches of rows since ${commit}`).digest("hex").slice(0, 32);
}
