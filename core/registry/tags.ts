import type { Change } from "../../schemas/change.ts";
import type { Decision } from "../../schemas/decision.ts";
import type { Manifest } from "../../schemas/manifest.ts";
import { ModelName, StageName } from "../../schemas/names.ts";
import type { RolloutRecord } from "../../schemas/rollout.ts";
import { toSecond } from "../clock.ts";
import { deprecationTaggedAt } from "../promotion/tag-times.ts";
import type { RecordKind, RecordOf } from "./kinds.ts";
import { formatPath } from "./paths.ts";
import type { RegistryTag } from "./registry-change.ts";

/**
 * The tags of a registry, as GTO 1.x reads them (https://github.com/iterative/gto). `removed` is GTO's `!`:
 * a version deregistered, a stage unassigned. A rollout's are nobody's but Slipway's: GTO takes no name with a `+` for a stage.
 */
export type TagName =
  | { kind: "version"; model: string; version: number; removed?: true }
  | { kind: "stage"; model: string; stage: string; assignment: number; removed?: true }
  | { kind: "rollout"; model: string; stage: string; decision: string; n: number }
  | { kind: "deprecated"; model: string };

export function formatTag(tag: TagName): string {
  switch (tag.kind) {
    case "version":
      return `${tag.model}@v${tag.version}.0.0${tag.removed ? "!" : ""}`;
    case "stage":
      return `${tag.model}#${tag.stage}${tag.removed ? "!" : ""}#${tag.assignment}`;
    case "rollout":
      return `${tag.model}#${tag.stage}+${tag.decision}-${tag.n}`;
    case "deprecated":
      return `${tag.model}@deprecated`;
  }
}

/** The inverse of formatTag; undefined for every other name. */
export function parseTag(name: string): TagName | undefined {
  const [, model = "", mark, rest = ""] = /^([^@#]+)([@#])(.+)$/s.exec(name) ?? [];
  if (!ModelName.safeParse(model).success) return undefined;
  if (mark === "@") {
    if (rest === "deprecated") return { kind: "deprecated", model };
    const [, version, removed] = /^v([1-9]\d{0,14})\.0\.0(!?)$/.exec(rest) ?? [];
    if (version === undefined) return undefined;
    return { kind: "version", model, version: Number(version), ...(removed ? { removed: true } : {}) };
  }
  const [, into, decision = "", n] = /^([^+]+)\+([0-9a-f]{16,64})-(0|[1-9]\d{0,14})$/.exec(rest) ?? [];
  if (into !== undefined && StageName.safeParse(into).success)
    return { kind: "rollout", model, stage: into, decision, n: Number(n) };
  const [, stage, removed, assignment] = /^([^!#]+)(!?)#([1-9]\d{0,14})$/.exec(rest) ?? [];
  if (stage === undefined || !StageName.safeParse(stage).success) return undefined;
  return { kind: "stage", model, stage, assignment: Number(assignment), ...(removed ? { removed: true } : {}) };
}

/** The tag that follows from a manifest: on the commit that adds it. */
export function versionTag(manifest: Pick<Manifest, "model" | "version" | "registered_by" | "tagged_at">): RegistryTag {
  const { model, version } = manifest;
  return {
    name: formatTag({ kind: "version", model, version }),
    message: `Registering artifact ${model} version v${version}.0.0`,
    record: formatPath({ kind: "version", model, version }),
    tagger: manifest.registered_by,
    at: manifest.tagged_at,
    on: { model, version },
  };
}

/** The tag that follows from a decision, on its version's commit; undefined for a refusal. */
export function stageTag(decision: Decision): RegistryTag | undefined {
  const { model, version, stage, assignment, tagged_at: at } = decision;
  if (decision.outcome !== "promoted" || assignment === undefined || at === undefined) return undefined;
  return {
    name: formatTag({ kind: "stage", model, stage, assignment }),
    message: `Assigning stage ${stage} to artifact ${model} version v${version}.0.0`,
    record: formatPath({ kind: "decision", model, id: decision.id }),
    tagger: decision.requested_by,
    at,
    on: { model, version },
  };
}

/**
 * The tag of a decision that begins a rollout, and so of its plan; undefined for every other. No later tag has to come after it:
 * it has the decision's own second.
 */
export function beginningTag(decision: Decision): RegistryTag | undefined {
  const { id, outcome, model, version, stage, requested_by: tagger, decided_at: at } = decision;
  if (outcome !== "rolling-out") return undefined;
  return {
    name: formatTag({ kind: "rollout", model, stage, decision: id, n: 0 }),
    message: `Beginning to roll out ${model} version v${version}.0.0 to stage ${stage}`,
    record: formatPath({ kind: "decision", model, id }),
    ...{ tagger, at: toSecond(at), on: { model, version } },
  };
}

/** The tag of a record that leads a rollout to its next step; undefined for those that leave it in its step, or end it. */
export function advanceTag(rollout: RolloutRecord): RegistryTag | undefined {
  const { act, model, version, stage, decision, n, step, by: tagger, at } = rollout;
  if (act !== "advance") return undefined;
  return {
    name: formatTag({ kind: "rollout", model, stage, decision, n }),
    message: `Rolling out ${model} version v${version}.0.0 to stage ${stage}: step ${step + 1}`,
    record: formatPath({ kind: "rollout", model, decision, n }),
    ...{ tagger, at: toSecond(at), on: { model, version } },
  };
}

/** The tags that follow from a change: what GTO knows of it. */
export function changeTags(change: Change): RegistryTag[] {
  const { id, act, model, version: withdrawn, by: tagger, tagged_at: at, ends = [], marked } = change;
  if (at === undefined) return [];
  const record = formatPath({ kind: "change", model, id });
  const tag = (name: TagName, message: string, version: number, when = at): RegistryTag => {
    return { name: formatTag(name), message, record, tagger, at: when, on: { model, version } };
  };
  const tags = ends.flatMap(({ stage, unassigned }) =>
    unassigned.map(({ version, assignment }) =>
      tag(
        { kind: "stage", model, stage, assignment, removed: true },
        `Unassigning stage ${stage} from artifact ${model} version v${version}.0.0`,
        version,
      ),
    ),
  );
  if (act === "withdraw" && withdrawn !== undefined) {
    const message = `Deregistering artifact ${model} version v${withdrawn}.0.0`;
    tags.push(tag({ kind: "version", model, version: withdrawn, removed: true }, message, withdrawn));
  }
  if (act === "deprecate" && marked !== undefined) {
    const name = { kind: "deprecated", model } as const;
    tags.push(tag(name, `Deprecating artifact ${model}`, marked, deprecationTaggedAt(change)));
  }
  return tags;
}

const TAGGED = {
  version: (manifest: Manifest) => [versionTag(manifest)],
  decision: (decision: Decision) => [stageTag(decision) ?? beginningTag(decision) ?? []].flat(),
  rollout: (rollout: RolloutRecord) => [advanceTag(rollout) ?? []].flat(),
  change: changeTags,
};

/** The kinds of record that tags follow from. */
export type TaggedKind = keyof typeof TAGGED;

export function isTagged(kind: RecordKind): kind is TaggedKind {
  return kind in TAGGED;
}

/** The tags that follow from a record. */
export function tagsFollowing<Kind extends TaggedKind>(kind: Kind, record: RecordOf<Kind>): RegistryTag[] {
  return (TAGGED[kind] as (record: RecordOf<Kind>) => RegistryTag[])(record);
}
