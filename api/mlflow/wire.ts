import type { CatalogModel } from "../../core/registry/catalog.ts";
import type { CatalogVersion } from "../../core/registry/catalog-versions.ts";
import type { ModelRecord } from "../../schemas/model-record.ts";
import type { Timestamp } from "../../schemas/names.ts";
import { refusalWords } from "./look-up.ts";
import { stageOf } from "./stages.ts";

/** MLflow's time: milliseconds since 1970. */
export function epochMilliseconds(at: Timestamp): number {
  return Date.parse(at);
}

interface VersionJson {
  name: string;
  version: string;
  [field: string]: unknown;
}

/** A version as MLflow's clients read it. Empty fields are left out, but for the description. */
export function versionJson(model: CatalogModel, version: CatalogVersion, aliases = true): VersionJson {
  const { record, displayName } = model;
  const { facts, metadata } = version;
  const run_id = shownRunId(model, version);
  const run_link = facts.imported?.run_link;
  const description = metadata?.description ?? facts.description;
  const led = aliases ? aliasesOf(record, facts.version) : [];
  const tags = tagList(metadata?.tags ?? {});
  return {
    name: displayName,
    version: String(facts.version),
    creation_timestamp: epochMilliseconds(facts.registered_at),
    last_updated_timestamp: epochMilliseconds(updatedAt(record, version)),
    current_stage: stageOf(record, facts.version),
    description: description ?? "",
    // Who reads no status may still go by the source.
    ...(version.distrust === undefined ? { source: sourceOf(model, version) } : {}),
    ...(run_id ? { run_id } : {}),
    ...(run_link ? { run_link } : {}),
    ...(facts.imported?.model_id ? { model_id: facts.imported.model_id } : {}),
    // Without it a client would wait for minutes.
    ...(version.distrust === undefined
      ? { status: "READY" }
      : { status: "FAILED_REGISTRATION", status_message: refusalWords([version.distrust]) }),
    ...(tags.length > 0 ? { tags } : {}),
    ...(led.length > 0 ? { aliases: led } : {}),
  };
}

/** A model; `latest` are its latest versions by stage. */
export function modelJson(model: CatalogModel, latest: readonly VersionJson[]): Record<string, unknown> {
  const { record, displayName } = model;
  const aliases = Object.entries(record.aliases).map(([alias, version]) => ({ alias, version: String(version) }));
  const tags = tagList(record.tags);
  return {
    name: displayName,
    creation_timestamp: epochMilliseconds(record.created_at),
    last_updated_timestamp: epochMilliseconds(record.updated_at),
    ...(record.description ? { description: record.description } : {}),
    ...(latest.length > 0 ? { latest_versions: latest } : {}),
    ...(tags.length > 0 ? { tags } : {}),
    ...(aliases.length > 0 ? { aliases } : {}),
  };
}

/**
 * The id of the run that a version came from. A version that the platform made or evaluated has a run that follows
 * from its records, with the metrics that the platform measured.
 */
export function shownRunId({ name }: CatalogModel, { facts, evaluation }: CatalogVersion): string | undefined {
  return facts.imported && evaluation === undefined ? facts.imported.run_id : `${name}-${facts.version}`;
}

/** The URI that a version came from: as it was given, or the place where this server has its files. */
export function sourceOf(model: CatalogModel, { facts }: CatalogVersion): string {
  return facts.imported?.source ?? registryUri(model.name, facts.version);
}

/** The place where this server has a version's files. */
export function registryUri(model: string, version: number): string {
  return `mlflow-artifacts:/registry/${model}/${version}`;
}

/** When the version was last registered, described, or moved between stages. */
export function updatedAt(record: ModelRecord, { facts, metadata }: CatalogVersion): Timestamp {
  const { version } = facts;
  const moved = Object.values(record.stages).flatMap((stage) => (stage.version === version ? [stage.at] : []));
  const times = [facts.registered_at, metadata?.updated_at, record.archived?.[String(version)], ...moved];
  return times.reduce<string>((last, at) => (at !== undefined && at > last ? at : last), "");
}

function aliasesOf(record: ModelRecord, version: number): string[] {
  return Object.entries(record.aliases).flatMap(([alias, led]) => (led === version ? [alias] : []));
}

function tagList(tags: Readonly<Record<string, string>>): { key: string; value: string }[] {
  return Object.entries(tags).map(([key, value]) => ({ key, value }));
}
