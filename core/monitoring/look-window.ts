import type { Manifest } from "../../schemas/manifest.ts";
import type { ModelSpec } from "../../schemas/model-spec.ts";
import type { WindowRecord } from "../../schemas/monitoring.ts";
import type { StageName, VersionNumber } from "../../schemas/names.ts";
import type { Database } from "../data/database.ts";
import { literal } from "../data/sql.ts";
import { driftTests } from "../drift/drift-tests.ts";
import { countColumns } from "./count-columns.ts";
import { countRules } from "./count-rules.ts";
import { countTraffic } from "./count-traffic.ts";
import type { KeptReference } from "./reference.ts";
import { type Watched, watchedColumns } from "./watched-columns.ts";

/** What a version's rows of a window come to, before anybody says who looked. */
export type Looked = Pick<WindowRecord, "traffic" | "rules" | "tests" | "untested">;

export interface LookedVersion {
  manifest: Manifest;
  reference: KeptReference;
  /** The model's spec at the default branch's tip; undefined if it has none. */
  spec: ModelSpec | undefined;
}

/** The versions that answered clients in `requests`, in a stage. */
export async function answeringVersions(db: Database, stage: StageName): Promise<VersionNumber[]> {
  const rows = await db.rows(
    `SELECT DISTINCT slipway_version AS version FROM requests WHERE ${ANSWERED} AND slipway_stage = ${literal(stage)} AND slipway_version > 0 ORDER BY 1`,
  );
  return rows.map(({ version }) => Number(version));
}

/** What clients got: a shadow's answers are nobody's. */
const ANSWERED = "slipway_role IN ('stable', 'candidate')";

/** The rows of `requests` that a version answered, in a stage, as something to select from. */
export function rowsOf(version: VersionNumber, stage: StageName): string {
  return `(FROM requests WHERE slipway_version = ${version} AND slipway_stage = ${literal(stage)} AND ${ANSWERED}) AS answered`;
}

/** The same without requests that came to no answer. */
export function answeredRowsOf(version: VersionNumber, stage: StageName): string {
  return `(FROM requests WHERE slipway_version = ${version} AND slipway_stage = ${literal(stage)} AND ${ANSWERED} AND slipway_error IS NULL) AS answered`;
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
  return { traffic, rules, tests, untested: { ...untested, ...Object.fromEntries(watched.untested) } };
}

function ofKind({ columns }: Watched, kind: "feature" | "prediction") {
  return columns.filter(({ of }) => of === kind);
}
