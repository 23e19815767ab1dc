import type { Refusal } from "../../schemas/decision.ts";
import type { Manifest } from "../../schemas/manifest.ts";
import type { ModelRecord } from "../../schemas/model-record.ts";
import type { BlobId, ModelName, VersionNumber } from "../../schemas/names.ts";
import type { Signer } from "../../schemas/signer.ts";
import { type ReasonCode, SlipwayError } from "../errors.ts";
import { present } from "../git/compose-commit.ts";
import { type Checks, type ModelAt, openChecks } from "../registry/checked-version.ts";
import type { PathOf } from "../registry/kinds.ts";
import { lastAdded } from "../registry/missing-tags.ts";
import { modelFolder } from "../registry/paths.ts";
import type { RegistrySnapshot } from "../registry/registry.ts";
import { remoteTagRefs } from "../registry/remote.ts";
import { formatTag } from "../registry/tags.ts";
import type { Ports } from "./ports.ts";
import { type Reference, referred } from "./reference.ts";
import { knownModel, knownVersion, withLastEvaluation } from "./registered.ts";
import { currentSigners } from "./signers.ts";

export type CheckPorts = Pick<Ports, "objects" | "registry" | "remote">;

export interface CheckedVersion {
  record: ModelRecord;
  /** Of what was imported: with its newest evaluation. */
  manifest: Manifest;
  blob: BlobId;
}

/**
 * A version that may be handed out: whoever reads a manifest to use what it names asks for it here. Its records are checked
 * against each other and against their tags, by the signers whom the policy names now. Rejects with MODEL_UNKNOWN,
 * VERSION_UNKNOWN, RECORD_FORGED or TAG_UNTRUSTED.
 */
export async function checkedVersion(
  ports: CheckPorts,
  reference: Reference,
  known: { snapshot?: RegistrySnapshot; signers?: readonly Signer[] } = {},
): Promise<CheckedVersion> {
  const at = known.snapshot ?? (await ports.registry.snapshot());
  const record = await knownModel(at, reference.model);
  const { version, stage } = referred(record, reference) ?? { version: record.latest_version };
  const found = await knownVersion(at, record, version);
  const signers = known.signers ?? (await currentSigners(ports));
  refuseDistrusted(await distrust(ports, at, { model: record.name, version, stage }, signers));
  // Nobody signs an evaluation: where the policy names signers, what it says of a version counts for nothing.
  if (signers.length > 0) return { record, ...found };
  const { manifest, blob } = await withLastEvaluation(at, found);
  return { record, manifest, blob };
}

/** What must not be handed out is an error where nothing else can be done. */
export function refuseDistrusted(refusal: Refusal | undefined): void {
  if (refusal === undefined) return;
  const { code, message, hint } = refusal;
  throw new SlipwayError(code as ReasonCode, message, hint === undefined ? {} : { hint });
}

/** Why a version must not be handed out, or what is in a stage of its model; undefined where it may. */
export async function distrust(
  ports: CheckPorts,
  snapshot: RegistrySnapshot,
  about: { model: ModelName; version: VersionNumber; stage?: string | undefined },
  signers: readonly Signer[],
): Promise<Refusal | undefined> {
  return asked(ports, snapshot, about.model, async (checks, model) => {
    const ofStage = about.stage === undefined ? undefined : await checks.stage(model, about.stage, signers);
    return ofStage ?? checks.version(model, about.version, signers);
  });
}

/**
 * Why a version may go to no stage: as `distrust` has it, but for a tag that an interrupted writer owes, which the publishing
 * writes first; nor may it replace what somebody put into the stage by hand.
 */
export async function stageRefusals(
  ports: CheckPorts,
  snapshot: RegistrySnapshot,
  about: { model: ModelName; version: VersionNumber; stage: string; restores?: string | undefined },
  signers: readonly Signer[],
): Promise<Refusal[]> {
  const { model: name, version, stage, restores } = about;
  const found = await asked(ports, snapshot, name, async (checks, model) => {
    const held = await checks.stage(model, stage, signers);
    // What one who is trusted no more put there can be replaced.
    if (held?.code === "RECORD_FORGED") return held;
    const before = restores === undefined ? undefined : await checks.decision(model, restores, signers);
    if (before !== undefined) return before;
    const refusal = await checks.version(model, version, signers);
    return refusal?.code === "TAG_UNTRUSTED" && (await isOwed(ports, model, version)) ? undefined : refusal;
  });
  return found === undefined ? [] : [found];
}

/** Why these records must not lead a rollout, by the first that must not; undefined where they may. */
export async function rolloutRefusal(
  ports: CheckPorts,
  snapshot: RegistrySnapshot,
  model: ModelName,
  records: readonly PathOf<"decision" | "rollout">[],
  signers: readonly Signer[],
): Promise<Refusal | undefined> {
  return asked(ports, snapshot, model, async (checks, at) => {
    for (const record of records) {
      const refusal = await checks.rollout(at, record, signers);
      if (refusal !== undefined) return refusal;
    }
    return undefined;
  });
}

/** Asks of the registry as it is published: what is decided in one go with others rests on commits that are not written yet. */
async function asked(
  { objects, registry, remote }: CheckPorts,
  snapshot: RegistrySnapshot,
  name: ModelName,
  question: (checks: Checks, model: ModelAt) => Promise<Refusal | undefined>,
): Promise<Refusal | undefined> {
  if (snapshot.commit === undefined) return undefined;
  const drafted = (await objects.read(snapshot.commit)) === undefined;
  const published = drafted ? await registry.snapshot() : snapshot;
  const { commit } = published;
  const record = await published.model(name);
  // A model of the same go.
  if (commit === undefined || record === undefined) return undefined;
  const folder = await present(objects, `${commit}:${modelFolder(name)}`);
  return question(openChecks(objects, remote), { commit, name, folder: folder.id, record });
}

/** Whether the version was published last, and its tag may be on its way. */
async function isOwed({ objects, remote }: CheckPorts, { commit, name }: ModelAt, version: number): Promise<boolean> {
  const tagRefs = remote === undefined ? "refs/tags/" : remoteTagRefs(remote);
  if ((await objects.read(tagRefs + formatTag({ kind: "version", model: name, version }))) !== undefined) return false;
  const last = await lastAdded(objects, commit);
  return last.some(({ added }) =>
    added.some((path) => path.kind === "version" && path.model === name && path.version === version),
  );
}
