import { evaluatedVersion } from "../../../core/acts/registered.ts";
import { SlipwayError } from "../../../core/errors.ts";
import type { Catalog, CatalogModel } from "../../../core/registry/catalog.ts";
import type { CatalogVersion } from "../../../core/registry/catalog-versions.ts";
import type { RegistrySnapshot } from "../../../core/registry/registry.ts";
import { readSnapshot } from "../../../core/registry/snapshot.ts";
import type { Decision } from "../../../schemas/decision.ts";
import type { Manifest } from "../../../schemas/manifest.ts";
import type { PageRequest } from "../request/page.ts";

/** A version as one commit of the registry has it, and what its page asks further. */
export interface ShownVersion {
  catalog: Catalog;
  model: CatalogModel;
  version: number;
  /** With why it must not be handed out, if it must not. */
  read: CatalogVersion;
  /** As decisions see it: of what was imported, with its newest evaluation. */
  manifest: Manifest;
  /** Which evaluation that is, of what was imported. */
  evaluation: number | undefined;
  /** About this version, oldest first, without what they rested on. */
  decisions: readonly Decision[];
  /** The whole model's. */
  allDecisions: readonly Decision[];
  snapshot: RegistrySnapshot;
}

/** The model that an address names. Rejects with MODEL_UNKNOWN. */
export async function modelNamed(catalog: Catalog, name: string): Promise<CatalogModel> {
  const model = catalog.find(name);
  if (model !== undefined) return model;
  throw new SlipwayError("MODEL_UNKNOWN", "There is no such model", {
    hint: "Its name may be spelt otherwise: the list of models can be searched.",
  });
}

/** A version's number as an address has it: no sign, no zero in front. */
export function versionNumber(text: string): number | undefined {
  return /^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined;
}

/** Reads what is registered, and asks no store. Rejects with MODEL_UNKNOWN or VERSION_UNKNOWN. */
export async function loadVersion(request: PageRequest): Promise<ShownVersion> {
  const { params } = request;
  const catalog = await request.catalog();
  const model = await modelNamed(catalog, params["model"] ?? "");
  const version = versionNumber(params["version"] ?? "");
  return versionIn(request, catalog, model, version);
}

/** The same of a version of a model that was found. */
export async function versionIn(
  { host }: Pick<PageRequest, "host">,
  catalog: Catalog,
  model: CatalogModel,
  version: number | undefined,
): Promise<ShownVersion> {
  const read = version === undefined ? undefined : await catalog.version(model, version);
  const snapshot = await readSnapshot(host.ports.objects, catalog.commit);
  const found = read && version && (await evaluatedVersion(snapshot, model.name, version));
  if (read === undefined || version === undefined || !found)
    throw new SlipwayError("VERSION_UNKNOWN", `${model.displayName} has no such version`, {
      ...(model.record.latest_version === 0 ? {} : { expected: `1 to ${model.record.latest_version}` }),
    });
  const { decisions } = await catalog.history(model);
  const all = [...decisions].flatMap(([id, { decision }]) =>
    decision.model === model.name && decision.id === id ? [decision] : [],
  );
  all.sort((a, b) => (a.decided_at < b.decided_at ? -1 : a.decided_at > b.decided_at ? 1 : 0));
  return {
    ...{ catalog, model, version, read, manifest: found.manifest, evaluation: found.evaluation?.number, snapshot },
    decisions: all.filter((decision) => decision.version === version),
    allDecisions: all,
  };
}
