import type { ModelRecord } from "../../schemas/model-record.ts";
import type { Policy } from "../../schemas/policy.ts";
import { SlipwayError } from "../errors.ts";
import type { Workspace } from "../git/workspace.ts";
import { POLICY_PATH } from "../spec/project.ts";
import type { NamedStore } from "../stores/named.ts";
import { openNamedStore } from "../stores/open/open-named.ts";

/** Where a model's labels come to, under the name that it has by now or its folder's. */
export function labelsOf({ monitor }: Policy, record: ModelRecord): string | undefined {
  return ofModel(monitor?.labels, record);
}

/**
 * Where its labelled rows are kept to train on, if they are. A path begins in the repository's folder, and is of no use in a bare one:
 * a workflow's is gone when its job ends. Throws POLICY_INVALID for it.
 */
export function rowsOf(
  { folder, bare }: Pick<Workspace, "folder" | "bare">,
  { monitor }: Policy,
  record: ModelRecord,
  env: Readonly<Record<string, string | undefined>>,
): NamedStore | undefined {
  const place = ofModel(monitor?.rows, record);
  if (place === undefined) return undefined;
  if (bare && /^file:(?!\/)/.test(place))
    throw new SlipwayError("POLICY_INVALID", "`monitor.rows` names a path that is nobody's outside of a work tree", {
      ...{ file: POLICY_PATH, expected: "file:///FOLDER/ or s3://BUCKET/FOLDER/", found: place.slice(0, 200) },
    });
  return openNamedStore(place, folder, { file: POLICY_PATH }, env, "monitor.rows");
}

function ofModel(named: Record<string, string> = {}, { name, display_name }: ModelRecord): string | undefined {
  return [display_name, name].flatMap((each) =>
    each !== undefined && Object.hasOwn(named, each) ? [named[each]] : [],
  )[0];
}
