import { ModelFile, type ModelSpec } from "../../schemas/model-spec.ts";
import type { BlobId } from "../../schemas/names.ts";
import { canonicalJson } from "../canonical.ts";
import type { GitObjects } from "../git/objects.ts";
import { specOf } from "../spec/project.ts";
import { MAX_YAML_BYTES, readYaml } from "../spec/yaml.ts";

/** What of a spec a look depends on: who changes a description, or how it is trained, asks nothing new. */
function asked({ monitor, data, metrics, slices, task }: ModelSpec): string {
  const { columns, id, label } = data;
  return canonicalJson({ monitor, columns, id, label, nulls: data["null-values"], metrics, slices, task });
}

/**
 * Whether a spec that an earlier look was asked by, kept in Git by its blob, asks for the same as `spec`. One that is not here, or
 * can be read no more, asked for something else.
 */
export function sameAsked(objects: GitObjects, spec: ModelSpec): (blob: BlobId) => Promise<boolean> {
  const now = asked(spec);
  const known = new Map<BlobId, Promise<boolean>>();
  return (blob) => {
    const answer = known.get(blob) ?? isSame(blob);
    known.set(blob, answer);
    return answer;
  };

  async function isSame(blob: BlobId): Promise<boolean> {
    const object = await objects.read(blob, MAX_YAML_BYTES).catch(() => undefined);
    if (object?.type !== "blob") return false;
    const file = ModelFile.safeParse(readYaml(object.content, blob, ["train", "params"]).value);
    return file.success && asked(specOf(file.data, {})) === now;
  }
}
