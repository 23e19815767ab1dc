import { recordedValues } from "../../core/acts/recorded-values.ts";
import { signaturesOf } from "../../core/acts/signatures.ts";
import { signersOf } from "../../core/acts/signers.ts";
import { SlipwayError } from "../../core/errors.ts";
import type { GitObjects } from "../../core/git/objects.ts";
import { type CatalogModel, openCatalogs } from "../../core/registry/catalog.ts";
import type { RegistrySnapshot } from "../../core/registry/registry.ts";
import { listReport } from "../../core/report/registry-reports.ts";
import { parseFilter } from "../../core/search/filter.ts";
import { findModels, modelKey } from "../../core/search/find-models.ts";
import { metricOf, parseOrder } from "../../core/search/order.ts";
import { firstAfter } from "../../core/search/results.ts";
import type { ListResult } from "../../schemas/cli-output.ts";
import type { ModelRecord } from "../../schemas/model-record.ts";
import type { CommandOutcome, Session } from "../command.ts";
import { withRegistry } from "../registry.ts";
import { reportText } from "../report-text.ts";

const PAGE = 100;
const NONE: ReadonlyMap<string, number> = new Map();

interface ListOptions {
  remote?: string;
  limit?: number;
  after?: string;
  filter?: string;
  orderBy?: string;
  stage?: string;
}

/** `slipway ls`: what is registered, or what of it a filter finds, a page at a time. */
export async function run(session: Session, _args: object, options: ListOptions): Promise<CommandOutcome> {
  const { remote, limit = PAGE, filter, orderBy, stage } = options;
  return withRegistry(session, remote, async (registry, objects) => {
    const snapshot = await registry.snapshot();
    const plain = filter === undefined && orderBy === undefined && stage === undefined;
    // One more than is shown: whether there is a next page.
    const { found, stages = [] } = plain
      ? { found: await inFolderOrder(snapshot, limit + 1, options.after) }
      : await searched(objects, snapshot, limit + 1, options);
    const page = found.slice(0, limit);
    const models = page.map(({ record }) => record);
    const next = found.length > limit ? models.at(-1)?.name : undefined;
    const shown = models.map((record) => ({ record, versions: [record.latest_version] }));
    const signatures = await signaturesOf({ objects, remote }, snapshot.commit, shown);
    const measured = page.flatMap(({ measured }) => (measured === undefined ? [] : [measured]));
    for (const name of Object.keys(measured[0]?.metrics ?? {}))
      if (measured.every(({ metrics }) => metrics[name] === null))
        session.progress.note(`No version that is listed has a value of ${name}.`);
    const result: ListResult = {
      models,
      signatures,
      ...(measured.length === 0 ? {} : { measured }),
      ...(next === undefined ? {} : { next }),
    };
    const where = stage === undefined ? "" : ` in ${stage}`;
    const held =
      where && !stages.includes(stage ?? "") ? `; stages with a version: ${stages.join(", ") || "none"}` : "";
    const none = plain ? undefined : `no model is found${where}${held}`;
    const report = listReport(models, next !== undefined, none, signatures, measured);
    return { result, text: reportText(session, report) };
  });
}

interface Listed {
  record: ModelRecord;
  measured?: NonNullable<ListResult["measured"]>[number];
}

/** Reads no more than the page. */
async function inFolderOrder(snapshot: RegistrySnapshot, limit: number, after?: string): Promise<Listed[]> {
  const names = await snapshot.models({ limit, after });
  const records = await Promise.all(names.map((name) => snapshot.model(name)));
  return records.flatMap((record) => (record === undefined ? [] : [{ record }]));
}

/**
 * As MLflow's clients search, but with deprecated models too, of one stage if that is asked for, and in the order of metrics:
 * those of the version in the stage, or of the latest; and the stages that hold a version of any. Rejects with SEARCH_INVALID, or MODEL_UNKNOWN for `after`.
 */
async function searched(
  objects: GitObjects,
  snapshot: RegistrySnapshot,
  limit: number,
  { remote, filter = "", orderBy = "", after, stage }: ListOptions,
): Promise<{ found: Listed[]; stages: string[] }> {
  const comparisons = parseFilter(filter, "models");
  const order = parseOrder(orderBy === "" ? [] : orderBy.split(","), "list");
  const names = order.flatMap(({ key }) => metricOf(key) ?? []);
  const catalog = await openCatalogs(objects, { remote, signers: signersOf({ objects, remote }) }).at(snapshot.commit);
  const last = after === undefined ? undefined : catalog.find(after);
  if (after !== undefined && last === undefined)
    throw new SlipwayError("MODEL_UNKNOWN", `${after} is not in the registry`, {
      expected: "the last model of the page before",
      found: after,
    });
  const inStage = catalog.models.filter(({ record }) => stage === undefined || record.stages[stage] !== undefined);
  const measure = async (model: CatalogModel) => {
    const version = stage === undefined ? model.record.latest_version : model.record.stages[stage]?.version;
    const values = version === undefined ? NONE : await recordedValues(snapshot, model.name, version);
    const metrics = Object.fromEntries(names.map((name) => [name, values.get(name) ?? null]));
    return { ...model, metrics: values, ...(version ? { measured: { model: model.name, version, metrics } } : {}) };
  };
  const models = names.length === 0 ? inStage : await Promise.all(inStage.map(measure));
  const { items, keys } = findModels<CatalogModel & Listed>(models, comparisons, order);
  const start = last && names.length > 0 ? await measure(last) : last;
  const from =
    start === undefined
      ? 0
      : firstAfter(
          keys,
          order,
          order.map(({ key, ascending }) => modelKey(start, key, ascending)),
        );
  const stages = [...new Set(catalog.models.flatMap(({ record }) => Object.keys(record.stages)))].sort();
  return { found: items.slice(from, from + limit), stages };
}
