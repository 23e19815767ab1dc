import type { Change } from "../../schemas/change.ts";
import type { Decision, Refusal } from "../../schemas/decision.ts";
import type { ModelRecord, StageAssignment } from "../../schemas/model-record.ts";
import type { CommitId } from "../../schemas/names.ts";
import type { Signer } from "../../schemas/signer.ts";
import { BoundedMap } from "../bounded-map.ts";
import { canonicalJson, sha256 } from "../canonical.ts";
import type { GitObjects } from "../git/objects.ts";
import { isRetired } from "../promotion/apply-change.ts";
import { currentAssignment } from "../promotion/assign-stage.ts";
import type { PathOf } from "./kinds.ts";
import { memoized } from "./memoize.ts";
import { type History, type ModelFolders, modelFolders } from "./model-folder.ts";
import { MAX_RECORD_BYTES, parseRecord } from "./parse.ts";
import { formatPath } from "./paths.ts";
import { type TaggedBlob, tagTrust } from "./tag-trust.ts";
import { advanceTag, beginningTag, stageTag, versionTag } from "./tags.ts";

/** A model as a commit of the published registry has it. */
export interface ModelAt {
  readonly commit: CommitId;
  readonly name: string;
  /** Git's id of its folder. */
  readonly folder: string;
  readonly record: ModelRecord;
}

/**
 * The one look at whether something of the registry may be handed out: a manifest is the one of its path, a stage follows from
 * a decision on that manifest, and each record is the one that its tag names, signed where the policy asks for it. Answers are
 * why not (RECORD_FORGED, TAG_UNTRUSTED), or undefined; also of what is not there. What was found good is asked once for each
 * record and folder, in memory.
 */
export interface Checks {
  version(model: ModelAt, version: number, signers: readonly Signer[]): Promise<Refusal | undefined>;
  /** What is in a stage, and how it came there: the version too. */
  stage(model: ModelAt, stage: string, signers: readonly Signer[]): Promise<Refusal | undefined>;
  /** A decision that put a version into a stage, by its record's name: the version's manifest too, but not its tag. */
  decision(model: ModelAt, id: string, signers: readonly Signer[]): Promise<Refusal | undefined>;
  /** The record that began a rollout, or led it to its step: its tag alone. */
  rollout(model: ModelAt, at: PathOf<"decision" | "rollout">, signers: readonly Signer[]): Promise<Refusal | undefined>;
}

/** How much is in memory at most. */
const MAX_GOOD = 200_000;
const MAX_STATES = 12_000;

interface State {
  history: History;
  /** The decision that filled each stage, as decisions and changes leave it. */
  stages: ReadonlyMap<string, Decision>;
  /** Versions that were withdrawn, and up to which all are gone. */
  gone: { withdrawn: ReadonlySet<number>; through: number };
}

export function openChecks(
  objects: GitObjects,
  remote: string | undefined,
  folders: ModelFolders = modelFolders(objects),
): Checks {
  const trust = tagTrust(objects, remote);
  const states = new BoundedMap<string, Promise<State>>(MAX_STATES);
  let good = { signers: "[]", tags: new BoundedMap<string, Promise<Refusal | undefined>>(MAX_GOOD) };

  const stateOf = ({ name, folder }: ModelAt) =>
    memoized(states, folder, async () => {
      const history = await folders.history({ name, folder });
      const decisions = [...history.decisions].flatMap(([id, { decision }]) =>
        decision.model === name && decision.id === id ? [decision] : [],
      );
      const changes = [...history.changes].flatMap(([id, change]) =>
        change.model === name && change.id === id ? [change] : [],
      );
      return { history, stages: filledStages(decisions, changes), gone: goneVersions(changes) };
    });

  /** Asked once while the answer is yes: what is missing today may be there tomorrow. */
  const tagged = (what: string, { commit }: ModelAt, record: TaggedBlob, signers: readonly Signer[]) => {
    const named = JSON.stringify(signers);
    if (good.signers !== named) good = { signers: named, tags: new BoundedMap(MAX_GOOD) };
    const { tag, blob } = record;
    const ask = async () => {
      const { state, why } = await trust(commit, record, signers);
      if (state === "signed" || state === "unsigned") return undefined;
      return untrusted(`The tag of ${what} is ${state}: ${why}.`);
    };
    return memoized(good.tags, `${tag.name} ${blob}`, ask, (found) => found === undefined);
  };

  const checks: Checks = {
    async version(model, version, signers) {
      const { name, record } = model;
      const found = await folders.version(model, version);
      if (found === undefined) return undefined;
      const { facts } = found;
      const path = formatPath({ kind: "version", model: name, version });
      if (facts.model !== name || facts.version !== version)
        return forged(`${path} is the manifest of ${facts.model} version ${facts.version}.`);
      const { gone } = await stateOf(model);
      if ((gone.withdrawn.has(version) || version <= gone.through) && !isRetired(record, version))
        return forged(`${name} version ${version} was withdrawn, and ${name}'s model.json no longer says so.`);
      const { blob, digest } = facts;
      return tagged(`${name} version ${version}`, model, { tag: versionTag(facts), blob, digest }, signers);
    },

    async stage(model, stage, signers) {
      const held = currentAssignment(model.record, stage);
      const put = (await stateOf(model)).stages.get(stage);
      const { version, assignment, id, decided_at: at } = put ?? {};
      const told = put && ({ version, assignment, decision: id, at } as StageAssignment);
      if (inWords(held) !== inWords(told))
        return forged(
          `${model.name}'s model.json has ${inWords(held)} in ${stage}, and the decisions put ${inWords(told)} there.`,
        );
      if (held === undefined) return undefined;
      const refusal = await checks.decision(model, held.decision, signers);
      return refusal ?? checks.version(model, held.version, signers);
    },

    async decision(model, id, signers) {
      const { name } = model;
      const { decision, digest, blob } = (await stateOf(model)).history.decisions.get(id) ?? {};
      const path = formatPath({ kind: "decision", model: name, id });
      if (decision === undefined || digest === undefined || blob === undefined) return forged(`There is no ${path}.`);
      if (decision.model !== name || decision.id !== id)
        return forged(`${path} is decision ${decision.id} on ${decision.model}.`);
      const tag = stageTag(decision);
      if (tag === undefined) return forged(`Decision ${id} put nothing into ${decision.stage}.`);
      const { version, stage } = decision;
      const { facts } = (await folders.version(model, version)) ?? {};
      if (facts?.blob !== decision.manifest || facts.artifact.sha256 !== decision.artifact_sha256)
        return forged(`Decision ${id} was about another manifest than that of ${name} version ${version}.`);
      return tagged(`${name} version ${version} in ${stage}`, model, { tag, blob, digest }, signers);
    },

    async rollout(model, at, signers) {
      const path = formatPath(at);
      const found = await objects.read(`${model.commit}:${path}`, MAX_RECORD_BYTES);
      if (found === undefined) return undefined;
      const { content, id: blob } = found;
      const tag =
        at.kind === "decision"
          ? beginningTag(parseRecord("decision", content, path, model.commit))
          : advanceTag(parseRecord("rollout", content, path, model.commit));
      if (tag === undefined || tag.record !== path) return forged(`${path} leads no rollout of ${model.name} on.`);
      return tagged(
        `the rollout of ${model.name}, ${tag.name},`,
        model,
        { tag, blob, digest: sha256(content) },
        signers,
      );
    },
  };
  return checks;
}

/** The last decision of each stage, unless a change ended it. Numbers of assignments order them, whatever moments they say. */
function filledStages(decisions: readonly Decision[], changes: readonly Change[]): Map<string, Decision> {
  const stages = new Map<string, Decision>();
  for (const decision of decisions) {
    const { stage, assignment = 0, outcome } = decision;
    if (outcome === "promoted" && assignment > (stages.get(stage)?.assignment ?? 0)) stages.set(stage, decision);
  }
  for (const { ends = [] } of changes)
    for (const { stage, decision } of ends) if (stages.get(stage)?.id === decision) stages.delete(stage);
  return stages;
}

function goneVersions(changes: readonly Change[]): State["gone"] {
  const withdrawn = changes.flatMap(({ act, version }) =>
    act === "withdraw" && version !== undefined ? [version] : [],
  );
  return { withdrawn: new Set(withdrawn), through: Math.max(0, ...changes.map(({ through = 0 }) => through)) };
}

function inWords(held: StageAssignment | undefined): string {
  if (held === undefined) return "nothing";
  const { version, assignment, decision, at, ...other } = held;
  const more = Object.keys(other).length === 0 ? "" : ` ${canonicalJson(other).trim()}`;
  return `version ${version} by decision ${decision}, assignment ${assignment}, ${at}${more}`;
}

function forged(message: string): Refusal {
  return {
    code: "RECORD_FORGED",
    message,
    hint: "Only slipway writes the branch registry. `slipway verify` lists what is wrong; `git log registry` who changed it.",
  };
}

function untrusted(message: string): Refusal {
  return {
    code: "TAG_UNTRUSTED",
    message,
    hint: "`slipway verify` lists every such tag, and `slipway verify --repair` writes one that is missing. Otherwise register it again from its source, by whom the policy names (docs/signing.md).",
  };
}
