import type { BlobId, Sha256 } from "../../schemas/names.ts";
import type { ModelPath, PathOf, RecordOf } from "./kinds.ts";
import { formatPath } from "./paths.ts";

type ModelKind = ModelPath["kind"];

/** A record as the branch has it. */
export type Held<Kind extends ModelKind> = {
  [Each in Kind]: {
    kind: Each;
    at: PathOf<Each>;
    record: RecordOf<Each>;
    blob: BlobId;
    /** Of its bytes. */
    digest: Sha256;
  };
}[Kind];

/** A model's records as they parsed. */
export interface ModelRecords {
  model: string;
  /** In the order of the commits that added them. */
  all: readonly Held<ModelKind>[];
  get<Kind extends ModelKind>(at: PathOf<Kind>): Held<Kind> | undefined;
  of<Kind extends ModelKind>(kind: Kind): readonly Held<Kind>[];
}

export function modelRecords(model: string, all: readonly Held<ModelKind>[]): ModelRecords {
  const byPath = new Map(all.map((held) => [formatPath(held.at), held]));
  return {
    ...{ model, all },
    get: <Kind extends ModelKind>(at: PathOf<Kind>) =>
      byPath.get(formatPath(at as ModelPath)) as Held<Kind> | undefined,
    of: <Kind extends ModelKind>(kind: Kind) => all.filter((held) => held.kind === kind) as unknown as Held<Kind>[],
  };
}
