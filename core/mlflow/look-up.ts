import type { Refusal } from "../../schemas/decision.ts";
import type { Catalog, CatalogModel } from "../registry/catalog.ts";
import type { CatalogVersion } from "../registry/catalog-versions.ts";
import { denied, missing } from "./errors.ts";
import type { MlflowHost } from "./host.ts";
import { checkModelName, versionNumber } from "./names.ts";
import { isSeen, latestByStage, type MlflowStage } from "./stages.ts";

/** The registry as it stands now. */
export async function newest(host: MlflowHost): Promise<Catalog> {
  return host.catalogs.at(await host.tip());
}

/** A model by any name that it ever had. Rejects with RESOURCE_DOES_NOT_EXIST. */
export async function seenModel(host: MlflowHost, name: string): Promise<{ catalog: Catalog; model: CatalogModel }> {
  checkModelName(name);
  const catalog = await newest(host);
  const model = catalog.find(name);
  if (model === undefined || !isSeen(model.record)) throw missing(`Registered Model with name=${name} not found`);
  return { catalog, model };
}

/** A version that was not withdrawn. Rejects with RESOURCE_DOES_NOT_EXIST. */
export async function seenVersion(
  host: MlflowHost,
  name: string,
  written: string,
): Promise<{ catalog: Catalog; model: CatalogModel; version: CatalogVersion }> {
  checkModelName(name);
  const number = versionNumber(written);
  const catalog = await newest(host);
  const model = catalog.find(name);
  const seen = model !== undefined && isSeen(model.record, number);
  const version = seen ? await catalog.version(model, number) : undefined;
  if (model === undefined || version === undefined)
    throw missing(`Model Version (name=${name}, version=${written}) not found`);
  return { catalog, model, version };
}

/** The latest version of each of these stages, in their order. */
export async function latestVersions(
  catalog: Catalog,
  model: CatalogModel,
  stages?: ReadonlySet<MlflowStage>,
): Promise<CatalogVersion[]> {
  const latest = [...latestByStage(model.record)].filter(([stage]) => stages === undefined || stages.has(stage));
  const versions = await Promise.all(latest.map(([, version]) => catalog.version(model, version)));
  return versions.filter((version) => version !== undefined);
}

/** What an act came to, unless who asks may not. */
export function allowed<Result extends { outcome: string }>(
  result: Result | { outcome: "denied"; refusal: Refusal },
): Exclude<Result, { outcome: "denied" }> {
  if ("refusal" in result && result.outcome === "denied") throw denied(refusalWords([result.refusal]));
  return result as Exclude<Result, { outcome: "denied" }>;
}

/** Refusals as one message: what, and what to do. */
export function refusalWords(refusals: readonly Refusal[]): string {
  return refusals
    .map(({ code, message, hint }) => `${message}${hint === undefined ? "" : ` ${hint}`} [${code}]`)
    .join("\n");
}
