import { present } from "../../core/git/compose-commit.ts";
import type { Catalog, CatalogModel } from "../../core/registry/catalog.ts";
import type { CatalogVersion } from "../../core/registry/catalog-versions.ts";
import { parseRecord } from "../../core/registry/parse.ts";
import { formatPath } from "../../core/registry/paths.ts";
import type { Refusal } from "../../schemas/decision.ts";
import type { Manifest } from "../../schemas/manifest.ts";
import { denied, missing } from "./errors.ts";
import type { MlflowHost } from "./host.ts";
import { checkModelName, versionNumber } from "./names.ts";
import { isSeen, latestByStage, type MlflowStage, POLICY_STAGE } from "./stages.ts";

/** The registry as it stands now. */
export async function newest(host: MlflowHost): Promise<Catalog> {
  return host.catalogs.at(await host.tip());
}

/**
 * A model whose record has only the stages that can be believed, and for each other stage why it cannot. It is the
 * catalog's own model if all can.
 */
export interface ShownModel extends CatalogModel {
  readonly distrust?: ReadonlyMap<string, Refusal>;
}

const SHOWN_STAGES = Object.values(POLICY_STAGE);

/** A model as it may be shown: a version that was put into a stage by hand is in no stage. */
export async function shownModel(catalog: Catalog, model: CatalogModel): Promise<ShownModel> {
  const refusals = await Promise.all(SHOWN_STAGES.map((stage) => catalog.stage(model, stage)));
  if (refusals.every((refusal) => refusal === undefined)) return model;
  const distrust = new Map<string, Refusal>();
  for (const [at, refusal] of refusals.entries())
    if (refusal !== undefined) distrust.set(SHOWN_STAGES[at] as string, refusal);
  const believed = Object.entries(model.record.stages).filter(([stage]) => !distrust.has(stage));
  return { ...model, distrust, record: { ...model.record, stages: Object.fromEntries(believed) } };
}

/** A model by any name that it ever had. Rejects with RESOURCE_DOES_NOT_EXIST. */
export async function seenModel(host: MlflowHost, name: string): Promise<{ catalog: Catalog; model: ShownModel }> {
  checkModelName(name);
  const catalog = await newest(host);
  const model = catalog.find(name);
  if (model === undefined || !isSeen(model.record)) throw missing(`Registered Model with name=${name} not found`);
  return { catalog, model: await shownModel(catalog, model) };
}

/** A version that was not withdrawn. Rejects with RESOURCE_DOES_NOT_EXIST. */
export async function seenVersion(
  host: MlflowHost,
  name: string,
  written: string,
): Promise<{ catalog: Catalog; model: ShownModel; version: CatalogVersion }> {
  checkModelName(name);
  const number = versionNumber(written);
  const catalog = await newest(host);
  const model = catalog.find(name);
  const seen = model !== undefined && isSeen(model.record, number);
  const version = seen ? await catalog.version(model, number) : undefined;
  if (model === undefined || version === undefined)
    throw missing(`Model Version (name=${name}, version=${written}) not found`);
  return { catalog, model: await shownModel(catalog, model), version };
}

/** A version that is about to be handed out. Rejects with RESOURCE_DOES_NOT_EXIST, or PERMISSION_DENIED if it must not be. */
export async function servedVersion(
  host: MlflowHost,
  name: string,
  written: string,
): Promise<{ model: ShownModel; version: CatalogVersion }> {
  const found = await seenVersion(host, name, written);
  denyDistrusted(found.version.distrust);
  return found;
}

/** The manifest that was checked, by its blob: the branch may have moved since. */
export async function readManifest({ ports }: MlflowHost, { facts }: CatalogVersion): Promise<Manifest> {
  const { model, version, blob } = facts;
  const { content } = await present(ports.objects, blob);
  return parseRecord("version", content, formatPath({ kind: "version", model, version }), blob);
}

/** Rejects with PERMISSION_DENIED, saying why. */
export function denyDistrusted(refusal: Refusal | undefined): void {
  if (refusal !== undefined) throw denied(refusalWords([refusal]));
}

/** The latest version of each of these stages, in their order. */
export async function latestVersions(
  catalog: Catalog,
  model: ShownModel,
  stages?: ReadonlySet<MlflowStage>,
): Promise<CatalogVersion[]> {
  const latest = [...latestByStage(model.record)].filter(([stage]) => stages === undefined || stages.has(stage));
  const versions = await Promise.all(latest.map(([, version]) => catalog.version(model, version)));
  return versions.filter((version) => version !== undefined);
}

/** What an act came to. Rejects with PERMISSION_DENIED if the caller may not. */
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
