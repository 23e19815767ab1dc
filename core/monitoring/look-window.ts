import type { Manifest } from "../../schemas/manifest.ts";
import type { ModelSpec } from "../../schemas/model-spec.ts";
import type { LivePerformance, WindowRecord } from "../../schemas/monitoring.ts";
import type { StageName } from "../../schemas/names.ts";
import type { Database } from "../data/database.ts";
import { driftTests } from "../drift/drift-tests.ts";
import { answeredRowsOf, rowsOf } from "./answered-rows.ts";
import { countColumns } from "./count-columns.ts";
import { countRules } from "./count-rules.ts";
import { countTraffic } from "./count-traffic.ts";
import { estimateAccuracy } from "./estimate-accuracy.ts";
import { labelledRows } from "./labelled-rows.ts";
import { livePerformance } from "./live-performance.ts";
import type { KeptReference } from "./reference.ts";
import { type Watched, watchedColumns } from "./watched-columns.ts";

/** What a version's rows of a window come to, before anybody says who looked. */
export type Looked = Pick<WindowRecord, "traffic" | "rules" | "tests" | "untested" | "estimate">;

export interface LookedVersion {
  manifest: Manifest;
  reference: KeptReference;
  /** The model's spec at the default branch's tip; undefined if it has none. */
  spec: ModelSpec | undefined;
}

/** Compares what a version was asked and answered in `requests`, whose columns are `logged`, with what it was trained on. */
export async function lookAtRows(
  db: Database,
  { manifest, reference, spec }: LookedVersion,
  stage: StageName,
  logged: ReadonlyMap<string, string>,
): Promise<Looked> {
  const [all, answered] = [rowsOf(manifest.version, stage), answeredRowsOf(manifest.version, stage)];
  const traffic = await countTraffic(db, all);
  const { signature } = manifest;
  if (signature === undefined)
    return {
      traffic,
      rules: [],
      tests: [],
      untested: { prediction: "the version was imported: nobody knows its columns" },
    };
  const declared = spec?.data.columns;
  const watched = watchedColumns({ signature, declared, ...reference }, logged);
  const rows = await db.count(`SELECT count(*) FROM ${answered}`);
  const features = await countColumns(db, all, ofKind(watched, "feature"), traffic.rows);
  const predictions = await countColumns(db, answered, ofKind(watched, "prediction"), rows);
  const rules = await countRules(db, all, watched, declared, traffic.rows);
  const { tests, untested } = driftTests(reference, { columns: [...features, ...predictions] }, spec?.monitor);
  const isClassifier = spec?.task === "classification" && predictions.length > 0;
  const estimate = isClassifier ? await estimateAccuracy(db, answered, watched.columns) : undefined;
  return {
    ...{ traffic, rules, tests, untested: { ...untested, ...Object.fromEntries(watched.untested) } },
    ...(estimate === undefined ? {} : { estimate }),
  };
}

/** Live metrics of a version's rows in `requests` whose labels have come, and how many labels are none. Undefined without any. */
export async function lookAtLabels(
  db: Database,
  { manifest, reference, spec }: LookedVersion,
  stage: StageName,
  logged: ReadonlyMap<string, string>,
): Promise<Omit<LivePerformance, "doubled" | "unknown"> | undefined> {
  const { signature, version } = manifest;
  if (signature === undefined || spec === undefined) return undefined;
  const { columns } = watchedColumns({ signature, declared: spec.data.columns, ...reference }, logged);
  const slices = [
    ...(spec.slices ?? []),
    ...(spec.monitor?.bars ?? []).flatMap(({ slice }) => Object.keys(slice ?? {})),
  ];
  const rows = await labelledRows(db, { version, stage, spec, signature, columns, slices });
  if (rows === undefined) return undefined;
  const { scored, labelled, unfit } = rows;
  const found = scored === undefined ? { metrics: {}, slices: [], bars: [] } : livePerformance(scored, spec);
  return { labelled, ...(unfit === 0 ? {} : { unfit }), ...found };
}

function ofKind({ columns }: Watched, kind: "feature" | "prediction") {
  return columns.filter(({ of }) => of === kind);
}
