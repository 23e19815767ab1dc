import { signaturesOf } from "../../core/acts/signatures.ts";
import { signersOf } from "../../core/acts/signers.ts";
import { SlipwayError } from "../../core/errors.ts";
import type { GitObjects } from "../../core/git/objects.ts";
import { openCatalogs } from "../../core/registry/catalog.ts";
import type { RegistrySnapshot } from "../../core/registry/registry.ts";
import { listReport } from "../../core/report/registry-reports.ts";
import { parseFilter } from "../../core/search/filter.ts";
import { findModels, modelKey } from "../../core/search/find-models.ts";
import { parseOrder } from "../../core/search/order.ts";
import { firstAfter } from "../../core/search/results.ts";
import type { ListResult } from "../../schemas/cli-output.ts";
import type { ModelRecord } from "../../schemas/model-record.ts";
import type { Outcome, Session } from "../command.ts";
import { withRegistry } from "../registry.ts";
import { reportText } from "../report-text.ts";

const PAGE = 100;

interface ListOptions {
  remote?: string;
  limit?: number;
  after?: string;
  filter?: string;
  orderBy?: string;
}

/** `slipway ls`: what is registered, or what of it a filter finds, a page at a time. */
export async function run(session: Session, _args: object, options: ListOptions): Promise<Outcome> {
  const { remote, limit = PAGE, filter, orderBy } = options;
  return withRegistry(session, remote, async (registry, objects) => {
    const snapshot = await registry.snapshot();
    const plain = filter === undefined && orderBy === undefined;
    // One more than is shown: whether there is a next page.
    const found = plain
      ? await inFolderOrder(snapshot, limit + 1, options.after)
      : await searched(objects, snapshot, limit + 1, options);
    const models = found.slice(0, limit);
    const next = found.length > limit ? models.at(-1)?.name : undefined;
    const shown = models.map((record) => ({ record, versions: [record.latest_version] }));
    const signatures = await signaturesOf({ objects, remote }, snapshot.commit, shown);
    const result: ListResult = {
      models,
      ...(signatures === undefined ? {} : { signatures }),
      ...(next === undefined ? {} : { next }),
    };
    const none = plain ? undefined : "no model is found";
    return { result, text: reportText(session, listReport(models, next !== undefined, none, signatures)) };
  });
}

/** Reads no more than the page. */
async function inFolderOrder(snapshot: RegistrySnapshot, limit: number, after?: string): Promise<ModelRecord[]> {
  const names = await snapshot.models({ limit, ...(after === undefined ? {} : { after }) });
  const records = await Promise.all(names.map((name) => snapshot.model(name)));
  return records.filter((record) => record !== undefined);
}

/** As MLflow's clients search, but with deprecated models too. Rejects with SEARCH_INVALID, or MODEL_UNKNOWN for `after`. */
async function searched(
  objects: GitObjects,
  { commit }: RegistrySnapshot,
  limit: number,
  { remote, filter = "", orderBy = "", after }: ListOptions,
): Promise<ModelRecord[]> {
  const comparisons = parseFilter(filter, "models");
  const order = parseOrder(orderBy === "" ? [] : orderBy.split(","), "models");
  const catalog = await openCatalogs(objects, { remote, signers: signersOf({ objects, remote }) }).at(commit);
  const { items, keys } = findModels(catalog.models, comparisons, order);
  const last = after === undefined ? undefined : catalog.find(after);
  if (after !== undefined && last === undefined)
    throw new SlipwayError("MODEL_UNKNOWN", `${after} is not in the registry`, {
      expected: "the last model of the page before",
      found: after,
    });
  const from =
    last === undefined
      ? 0
      : firstAfter(
          keys,
          order,
          order.map(({ key }) => modelKey(last, key)),
        );
  return items.slice(from, from + limit).map(({ record }) => record);
}
