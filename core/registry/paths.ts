import { ActId } from "../../schemas/act-source.ts";
import { ChangeId } from "../../schemas/change.ts";
import { CommitId, ModelName, StageName } from "../../schemas/names.ts";
import { formatCalled, parseCalled } from "./called.ts";

/** What a path below a model's folder holds. */
export type ModelPath =
  | { kind: "model"; model: string }
  | { kind: "version"; model: string; version: number }
  | { kind: "decision"; model: string; id: string }
  | { kind: "request"; model: string; id: string }
  | { kind: "review"; model: string; id: string }
  | { kind: "comparison"; model: string; version: number; stage: string; live: number }
  | { kind: "evaluation"; model: string; version: number; number: number }
  | { kind: "change"; model: string; id: string }
  | { kind: "metadata"; model: string; version: number }
  | { kind: "registration"; model: string; source: CommitId };

/** What a path on the registry branch holds. */
export type RecordPath = ModelPath | { kind: "called"; name: string } | { kind: "accepted"; commit: CommitId };

/** The records that are written again; every other one is written once. */
export function isMutable(record: RecordPath | undefined): boolean {
  return record?.kind === "model" || record?.kind === "metadata";
}

/** The branch that is the registry. */
export const REGISTRY_REF = "refs/heads/registry";

export function formatPath(record: RecordPath): string {
  if (record.kind === "called") return `names/${formatCalled(record.name)}.json`;
  if (record.kind === "accepted") return `accepted/${record.commit}.json`;
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
    case "evaluation":
      return `${folder}/evaluations/${record.version}-${record.number}.json`;
    case "change":
      return `${folder}/changes/${record.id}.json`;
    case "metadata":
      return `${folder}/metadata/${record.version}.json`;
    case "registration":
      return `${folder}/registrations/${record.source}.json`;
  }
}

/** The inverse of formatPath; undefined for a path that no record has. */
export function parsePath(path: string): RecordPath | undefined {
  const accepted = /^accepted\/([0-9a-f]{40})\.json$/.exec(path)?.[1];
  if (accepted !== undefined) return { kind: "accepted", commit: accepted };
  const called = /^names\/([^/]+)\.json$/.exec(path)?.[1];
  const name = called === undefined ? undefined : parseCalled(called);
  return name === undefined ? parseModelPath(path) : { kind: "called", name };
}

function parseModelPath(path: string): ModelPath | undefined {
  const [, model = "", rest = ""] = /^models\/([^/]+)\/(.+)\.json$/.exec(path) ?? [];
  if (!ModelName.safeParse(model).success) return undefined;
  if (rest === "model") return { kind: "model", model };
  const [, folder, name = ""] = FOLDERS.exec(rest) ?? [];
  if (folder === "versions" && /^[1-9]\d{0,14}$/.test(name)) return { kind: "version", model, version: Number(name) };
  if (folder === "metadata" && /^[1-9]\d{0,14}$/.test(name)) return { kind: "metadata", model, version: Number(name) };
  if (folder === "changes" && ChangeId.safeParse(name).success) return { kind: "change", model, id: name };
  if (folder === "promotions" && /^[0-9a-f]{16,64}$/.test(name)) return { kind: "decision", model, id: name };
  if (folder === "requests" && ActId.safeParse(name).success) return { kind: "request", model, id: name };
  if (folder === "reviews" && ActId.safeParse(name).success) return { kind: "review", model, id: name };
  if (folder === "comparisons") {
    const [, version, stage, live] = /^([1-9]\d{0,14})-(.+)-([1-9]\d{0,14})$/.exec(name) ?? [];
    if (!StageName.safeParse(stage).success) return undefined;
    return { kind: "comparison", model, version: Number(version), stage: stage as string, live: Number(live) };
  }
  if (folder === "evaluations") {
    const [, version, number] = /^([1-9]\d{0,14})-([1-9]\d{0,14})$/.exec(name) ?? [];
    if (version === undefined) return undefined;
    return { kind: "evaluation", model, version: Number(version), number: Number(number) };
  }
  if (folder === "registrations" && CommitId.safeParse(name).success)
    return { kind: "registration", model, source: name };
  return undefined;
}

const FOLDERS =
  /^(versions|promotions|requests|reviews|comparisons|evaluations|changes|metadata|registrations)\/([^/]+)$/;
