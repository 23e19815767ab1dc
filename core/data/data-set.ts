import type { DataFile, DataSet, TestPart } from "../../schemas/data-record.ts";
import type { Split } from "../../schemas/model-spec.ts";
import type { Sha256 } from "../../schemas/names.ts";
import { canonicalJson, sha256 } from "../canonical.ts";

/**
 * The record of one set. Its digest is the file's own where one file is the whole set; otherwise SHA-256 of the
 * canonical JSON of its files' paths and digests in order, with the split and the part where there is a split, and
 * the digest of the files that its rows name (`file` columns), the labels' files where labels are apart, and `preview`, the part of the rows, where they are a part, with
 * the column that its rows are told by.
 */
export function dataSet(
  files: readonly DataFile[],
  rows: number,
  about: {
    split?: Split | undefined;
    part: "train" | "test";
    named?: Sha256 | undefined;
    preview?: (TestPart & { by: string | null }) | undefined;
    /** The files that hold the labels, where the set's own do not. */
    labels?: readonly DataFile[] | undefined;
  },
): DataSet {
  const [only] = files;
  if (only && files.length === 1 && !about.split && !about.named && !about.preview && !about.labels)
    return { sha256: only.sha256, rows, files: [...files] };
  const digest = canonicalJson({
    files: named(files),
    labels: about.labels && named(about.labels),
    split: about.split,
    part: about.split && about.part,
    named: about.named,
    preview: about.preview,
  });
  const { of, share } = about.preview ?? {};
  return {
    ...{ sha256: sha256(digest), rows, files: [...files] },
    ...(about.labels ? { labels: [...about.labels] } : {}),
    ...(of === undefined || share === undefined ? {} : { part: { of, share } }),
  };
}

const named = (files: readonly DataFile[]) => files.map(({ path, sha256 }) => ({ path, sha256 }));
