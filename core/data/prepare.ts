import { mkdir, realpath } from "node:fs/promises";
import { join } from "node:path";
import type { DataFile, DataProfile, DataSet, Violation } from "../../schemas/data-record.ts";
import type { ColumnType, ModelSpec } from "../../schemas/model-spec.ts";
import type { Sha256 } from "../../schemas/names.ts";
import type { RowSketch } from "../../schemas/row-sketch.ts";
import { SlipwayError } from "../errors.ts";
import type { LabelClasses } from "../metrics/labels-fit.ts";
import { locationKind } from "../spec/paths.ts";
import { checkLeakage, checkRows } from "./checks.ts";
import { findCopies, type SharedFile, type Source } from "./copies.ts";
import { dataSet } from "./data-set.ts";
import { Database } from "./database.ts";
import { digestData } from "./digest.ts";
import { copyOriginal, writeRows } from "./hand-over.ts";
import { type HandedTypes, handedTypes } from "./handed-types.ts";
import { identityTypes } from "./identity.ts";
import { joinLabels, refuseLabelInTest } from "./join-labels.ts";
import { labelClasses } from "./label-classes.ts";
import { labelFiles } from "./label-files.ts";
import type { Located } from "./locate.ts";
import { locateSources, type SourcesRequest } from "./locate-sources.ts";
import { copyNamedFiles, type NamedFiles, namedFiles, placeOf } from "./named-files.ts";
import { profileRows } from "./profile.ts";
import { labelColumn } from "./roles.ts";
import { columnTypes, makeRows, type Rows } from "./rows.ts";
import { importFiles, type RawTable } from "./source.ts";
import { splitByHash, splitByTime } from "./split.ts";
import { type TakenTest, type TestRequest, takeTest } from "./test-part.ts";
import { type TestRows, writeTestRows } from "./test-rows.ts";

export interface DataRequest extends SourcesRequest {
  model: SourcesRequest["model"] & { name: string };
  /** An existing empty folder for what is written. */
  work: string;
  /** What of the test rows is scored, and how they are kept in mind. Absent: all rows, and no sketch. */
  testRows?: TestRequest | undefined;
}

export interface PreparedData {
  train?: DataSet;
  test: DataSet;
  /** SLIPWAY_TRAIN_DATA: with labels, its columns in the same types as the features'. Alone in its folder, but for the files that its rows name. */
  trainFile?: string;
  /** SLIPWAY_FEATURES: `slipway_id` and the test columns without the label, in the source's format. */
  featuresFile: string;
  /** The same with its first row alone. */
  oneRowFile: string;
  /** SLIPWAY_LABELS for own metrics: `slipway_id` and the label, where they were read. In a folder of its own. */
  labelsFile: string;
  /** Everything that breaks the spec, for the caller to decide on; none: empty. */
  violations: Violation[];
  /** A test file that is training data too, for the caller to decide on. */
  seen?: SharedFile;
  /** Of the training data; of the test data where there is none. */
  profile: DataProfile;
  /** Of all test rows, whichever part is scored; absent where none was asked for. */
  sketch?: RowSketch;
  /** The test rows' labels are from outside the repository. */
  remote: boolean;
  signature: { inputs: { name: string; type: ColumnType }[] };
  /** The label's classes; absent if they are none, or too many. */
  classes?: LabelClasses;
  /** For `joinPredictions` alone: the test rows' ids, labels, slices, groups and times. Not for user code. */
  testRows: TestRows;
}

/**
 * Reads, checks and profiles a model's data, and writes what user code is given. Row order is the files' order
 * everywhere. Labels that stand apart are left out unless the request opens them. Rejects with DATA_MISSING, DATA_UNREADABLE, DATA_NOT_PINNED, DATA_CHANGED, DATA_INVALID (a split that
 * cannot be made), PATH_OUTSIDE, SYMLINK_REFUSED and UNSUPPORTED; rows that break the spec are `violations`.
 */
export async function prepareData(request: DataRequest): Promise<PreparedData> {
  const { spec } = request.model;
  const { data } = spec;
  const root = await realpath(request.root);
  const work = await realpath(request.work);
  const own = join(work, "private");
  await mkdir(own, { recursive: true });
  const sources = await locateSources({ ...request, root });
  const digests = new Map<string, { sha256: Sha256; size: number }>();
  for (const { name, file } of sources.flatMap(({ files }) => files))
    if (!digests.has(file)) digests.set(file, await digestData(file, name, request.signal));
  const read = await Promise.all([...digests.keys()].map((file) => realpath(file)));
  const db = await Database.open({ folder: own, read, write: [work], signal: request.signal });
  try {
    const nulls = data["null-values"] ?? [];
    const imported = [];
    for (const { role, files } of sources) imported.push(await importFiles(db, `${role}_raw`, files));
    const seen = await findCopies(db, sources, imported, digests);
    const [first, second] = imported;
    const labels = await labelFiles(request.model, root, request);
    const { raw, joined } = labels ? await labelled(db, sources, imported, spec) : { raw: imported, joined: [] };
    const types = await columnTypes(db, raw, data.columns ?? {}, nulls);
    const identities = await identityTypes(db, raw, spec, types);
    const options = { declared: data.columns ?? {}, types, identities, nulls, id: data.id };
    const parts = await partition(db, sources, raw, request, types);
    const sets = new Map<Rows["set"], { rows: Rows; files: Located[]; named: NamedFiles }>();
    let taken: Partial<TakenTest> = {};
    for (const { set, files, table, where } of parts) {
      let rows = await makeRows(db, set, table, { ...options, ...(where ? { where } : {}) });
      if (rows.count === 0)
        throw new SlipwayError("DATA_UNREADABLE", `The ${set} data has no rows.`, {
          expected: "at least one row",
          ...(files[0] ? { file: files[0].path } : {}),
        });
      refuseReserved(rows, files, spec);
      if (set === "test" && request.testRows) {
        const withheld = labels !== undefined || isRemote(files);
        taken = await takeTest(db, rows, spec, { ...request.testRows, withheld });
        rows = taken.rows ?? rows;
      }
      sets.set(set, { rows, files, named: await namedFiles(db, rows, files, root, request.signal) });
    }
    const handed =
      first?.format === "parquet" && second?.format === "parquet"
        ? await handedTypes(db, first, second)
        : { casts: new Map(), violations: [] };
    for (const table of new Set([...imported, ...raw].map((each) => each.table))) await db.run(`DROP TABLE ${table}`);
    const train = sets.get("train");
    const test = sets.get("test");
    if (!test) throw new TypeError("no test data");

    const violations: Violation[] = [...handed.violations, ...joined];
    for (const { rows, named } of sets.values())
      violations.push(...(await checkRows(db, rows, spec)), ...named.violations);
    if (train && data.id) violations.push(...(await checkLeakage(db, train.rows, test.rows, data.id)));

    const record = (
      part: "train" | "test",
      { rows, files, named }: { rows: Rows; files: Located[]; named: NamedFiles },
    ) => {
      const listed = files.map(({ path, file, version }): DataFile => {
        const { sha256, size } = digests.get(file) as { sha256: Sha256; size: number };
        return { path, sha256, size, version };
      });
      const about = { split: data.split, part, named: named.sha256 };
      return dataSet(listed, rows.count, part === "test" ? { ...about, preview: taken.preview, labels } : about);
    };
    const classes = await labelClasses(db, { train: train?.rows, test: test.rows }, spec);
    return {
      ...(classes ? { classes } : {}),
      ...(train
        ? {
            train: record("train", train),
            trainFile: await writeTrain(db, train, join(work, "train"), {
              root,
              split: data.split !== undefined,
              ...handed,
            }),
          }
        : {}),
      test: record("test", test),
      ...(await writeTest(db, test, work, root, spec, handed.casts)),
      violations,
      ...(seen ? { seen } : {}),
      profile: await profileRows(db, (train ?? test).rows, data),
      ...(taken.sketch ? { sketch: taken.sketch } : {}),
      remote: labels ? labels.every(({ path }) => locationKind(path) === "uri") : isRemote(test.files),
      signature: { inputs: signatureOf(test.rows, spec) },
      testRows: await writeTestRows(db, test.rows, spec, join(own, "test-rows.parquet")),
    };
  } finally {
    await db.close();
  }
}

const isRemote = (files: readonly Located[]): boolean => files.every(({ remote }) => remote);

/** Test rows without labels are held to have none; where labels were read, the rows with them. */
async function labelled(
  db: Database,
  sources: readonly Source[],
  imported: readonly RawTable[],
  spec: ModelSpec,
): Promise<{ raw: RawTable[]; joined: Violation[] }> {
  const of = (wanted: Source["role"]) => {
    const at = sources.findIndex(({ role }) => role === wanted);
    return at < 0 ? undefined : { raw: imported[at] as RawTable, files: (sources[at] as Source).files };
  };
  const [test, labels] = [of("test"), of("labels")];
  if (test === undefined) throw new TypeError("no test data");
  refuseLabelInTest(test, spec);
  if (labels === undefined) return { raw: [...imported], joined: [] };
  const { raw, violations } = await joinLabels(db, test, labels, spec);
  return { raw: imported.map((each) => (each === test.raw ? raw : each)), joined: violations };
}

interface Part {
  set: Rows["set"];
  files: Located[];
  table: RawTable;
  where?: string;
}

async function partition(
  db: Database,
  sources: readonly Source[],
  raw: readonly RawTable[],
  { model }: DataRequest,
  types: Parameters<typeof splitByTime>[3],
): Promise<Part[]> {
  const { data } = model.spec;
  const parts: Part[] = [];
  for (const [index, { role, files }] of sources.entries()) {
    const table = raw[index] as RawTable;
    if (role === "labels") continue;
    if (role !== "source") parts.push({ set: role, files, table });
    else if (data.split) {
      const where =
        "time" in data.split
          ? await splitByTime(db, table, data.split, types, data["null-values"] ?? [])
          : await splitByHash(db, table, data.split, model.spec);
      parts.push({ set: "train", files, table, where: where.train }, { set: "test", files, table, where: where.test });
    }
  }
  return parts;
}

function refuseReserved({ columns, format }: Rows, files: readonly Located[], { data }: ModelSpec): void {
  const named = [...Object.keys(data.columns ?? {}), data.id, data.group];
  const index = columns.find(({ name }) => format === "parquet" && /^__index_level_\d+__$/.test(name));
  if (index && !named.includes(index.name))
    throw new SlipwayError("DATA_UNREADABLE", `The column ${index.name} is the index of a pandas table.`, {
      expected: "columns that the data are about",
      ...(files[0] ? { file: files[0].path } : {}),
      hint: "Write the file without it: to_parquet(…, index=False). If it names the rows, name it as data.id.",
    });
  const reserved = columns.find(({ name }) => name.toLowerCase() === "slipway_id");
  if (!reserved) return;
  throw new SlipwayError("DATA_UNREADABLE", `The column ${reserved.name} has a name that Slipway uses itself.`, {
    expected: "no column slipway_id",
    ...(files[0] ? { file: files[0].path } : {}),
    hint: "Rename it, and name it as data.id if it is the rows' id.",
  });
}

async function writeTrain(
  db: Database,
  { rows, files, named }: { rows: Rows; files: Located[]; named: NamedFiles },
  folder: string,
  { root, split, casts }: { root: string; split: boolean; casts: HandedTypes["casts"] },
): Promise<string> {
  const to = { folder: join(folder, placeOf(files, named)), name: "train" };
  await copyNamedFiles(root, named.paths, folder);
  const [only] = files;
  // A Parquet file may hold notes by which pandas makes an index, categories or time spans of its columns: features have
  // none, so neither has this.
  if (only && files.length === 1 && !split && rows.format !== "parquet")
    return copyOriginal(only.file, to, rows.extension);
  return writeRows(db, rows, to, { columns: rows.columns.map(({ name }) => name), id: false, casts });
}

async function writeTest(
  db: Database,
  { rows, files, named }: { rows: Rows; files: Located[]; named: NamedFiles },
  work: string,
  root: string,
  spec: ModelSpec,
  casts: HandedTypes["casts"],
): Promise<Pick<PreparedData, "featuresFile" | "oneRowFile" | "labelsFile">> {
  const label = labelColumn(spec);
  const place = placeOf(files, named);
  const features = { columns: rows.columns.map(({ name }) => name).filter((name) => name !== label), id: true, casts };
  const at = (folder: string, name: string) => ({ folder: join(work, folder, place), name });
  for (const folder of ["features", "one-row"]) await copyNamedFiles(root, named.paths, join(work, folder));
  return {
    featuresFile: await writeRows(db, rows, at("features", "features"), features),
    oneRowFile: await writeRows(db, rows, at("one-row", "features"), { ...features, limit: 1 }),
    labelsFile: await writeRows(
      db,
      rows,
      { folder: join(work, "labels"), name: "labels" },
      { columns: rows.columns.flatMap(({ name }) => (name === label ? [name] : [])), id: true },
    ),
  };
}

function signatureOf({ columns }: Rows, spec: ModelSpec): { name: string; type: ColumnType }[] {
  const label = labelColumn(spec);
  return columns.flatMap(({ name, type }) => (name === label || type === "other" ? [] : [{ name, type }]));
}
