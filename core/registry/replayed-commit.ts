import type { ModelRecord } from "../../schemas/model-record.ts";
import type { RecordKind, RecordOf, RecordPath } from "./kinds.ts";
import { formatPath } from "./paths.ts";
import type { HistoryCommit } from "./verify-history.ts";

/** A record that a commit wrote, with what was there before of one that is written again. */
export interface Written {
  at: RecordPath;
  path: string;
  record: unknown;
  before: unknown;
}

/** A commit that is looked at, and what it was put on top of. */
export interface Replayed {
  commit: HistoryCommit;
  written: readonly Written[];
  /** The records of a kind that it wrote. */
  all<Kind extends RecordKind>(kind: Kind): RecordOf<Kind>[];
  /** The model's record as it stood before; undefined before its first act. */
  before(model: string): ModelRecord | undefined;
  /** As `before`. Throws where there is none. */
  known(model: string): ModelRecord;
}

/** `last` are the records that are written again, as they were before or are now. */
export function replayedCommit(
  commit: HistoryCommit,
  written: readonly Written[],
  last: ReadonlyMap<string, unknown>,
): Replayed {
  const before = (model: string) => {
    const path = formatPath({ kind: "model", model });
    const here = written.find((each) => each.path === path);
    return (here === undefined ? last.get(path) : here.before) as ModelRecord | undefined;
  };
  return {
    ...{ commit, written, before },
    all: (kind) => written.flatMap(({ at, record }) => (at.kind === kind ? [record as RecordOf<typeof kind>] : [])),
    known(model) {
      const record = before(model);
      if (record === undefined) throw new Error(`it is about ${model}, which is not there`);
      return record;
    },
  };
}
