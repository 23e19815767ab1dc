import { createHash, randomBytes } from "node:crypto";
import type { ModelSpec } from "../../schemas/model-spec.ts";
import type { CommitId } from "../../schemas/names.ts";
import type { Policy } from "../../schemas/policy.ts";
import type { TestRequest } from "../data/test-part.ts";
import type { RegistrySnapshot } from "../registry/registry.ts";
import type { SourceTree } from "../source/tree.ts";
import type { RunnableModel } from "../stages/runnable-model.ts";
import { refuseOtherPreview } from "./same-preview.ts";

interface PartAbout {
  /** The default branch's, so that no branch widens what it sees. */
  policy: Policy;
  model: RunnableModel;
  /** What the default branch has of the model. */
  deciding: ModelSpec | undefined;
  binding: boolean;
  /** The default branch's files; undefined before its first commit. */
  tip: SourceTree | undefined;
}

/**
 * The test rows that a run scores, and the key of their sketch. With a `preview` a binding run decides on the rest alone, and
 * any other sees the preview: by the columns that the default branch's spec names, since with another id a branch would see
 * other rows of those that decide. Rejects with PREVIEW_DIFFERS where models of the same test rows name others.
 */
export async function testRequest(
  snapshot: RegistrySnapshot,
  commit: CommitId | undefined,
  { policy: { preview }, model, deciding, binding, tip }: PartAbout,
): Promise<TestRequest> {
  const sketchKey = (await keyOfSketches(snapshot)) ?? newKey(commit);
  if (preview === undefined) return { sketchKey };
  const by = binding ? model.spec : (deciding ?? model.spec);
  if (tip) await refuseOtherPreview(tip, model, by);
  return { sketchKey, part: { of: binding ? "rest" : "preview", share: preview, by: by.data } };
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
