import { ActId } from "../../schemas/act-source.ts";
import { CommitId, ModelName, StageName } from "../../schemas/names.ts";

/** What a path on the registry branch holds. */
export type RecordPath =
  | { kind: "model"; model: string }
  | { kind: "version"; model: string; version: number }
  | { kind: "decision"; model: string; id: string }
  | { kind: "request"; model: string; id: string }
  | { kind: "review"; model: string; id: string }
  | { kind: "comparison"; model: string; version: number; stage: string; live: number }
  | { kind: "registration"; model: string; source: CommitId };

/** The branch that is the registry. */
export const REGISTRY_REF = "refs/heads/registry";

export function formatPath(record: RecordPath): string {
  const folder = `models/${record.model}`;
  switch (record.kind) {
    case "model":
      return `${folder}/model.json`;
    case "version":
      return `${folder}/versions/${record.version}.json`;
    case "decision":
      return `${folder}/promotions/${record.id}.json`;
    case "request":
      return `${folder}/requests/${record.id}.json`;
    case "review":
      return `${folder}/reviews/${record.id}.json`;
    case "comparison":
      return `${folder}/comparisons/${record.version}-${record.stage}-${record.live}.json`;
    case "registration":
      return `${folder}/registrations/${record.source}.json`;
  }
}

/** The inverse of formatPath; undefined for a path that no record has. */
export function parsePath(path: string): RecordPath | undefined {
  const [, model = "", rest = ""] = /^models\/([^/]+)\/(.+)\.json$/.exec(path) ?? [];
  if (!ModelName.safeParse(model).success) return undefined;
  if (rest === "model") return { kind: "model", model };
  const [, folder, name = ""] =
    /^(versions|promotions|requests|reviews|comparisons|registrations)\/([^/]+)$/.exec(rest) ?? [];
  if (folder === "versions" && /^[1-9]\d{0,14}$/.test(name)) return { kind: "version", model, version: Number(name) };
  if (folder === "promotions" && /^[0-9a-f]{16,64}$/.test(name)) return { kind: "decision", model, id: name };
  if (folder === "requests" && ActId.safeParse(name).success) return { kind: "request", model, id: name };
  if (folder === "reviews" && ActId.safeParse(name).success) return { kind: "review", model, id: name };
  if (folder === "comparisons") {
    const [, version, stage, live] = /^([1-9]\d{0,14})-(.+)-([1-9]\d{0,14})$/.exec(name) ?? [];
    if (!StageName.safeParse(stage).success) return undefined;
    return { kind: "comparison", model, version: Number(version), stage: stage as string, live: Number(live) };
  }
  if (folder === "registrations" && CommitId.safeParse(name).success)
    return { kind: "registration", model, source: name };
  return undefined;
}
