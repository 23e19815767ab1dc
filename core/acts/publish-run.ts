import type { Refusal } from "../../schemas/decision.ts";
import type { GateResult } from "../../schemas/gate.ts";
import type { Bytes, Manifest } from "../../schemas/manifest.ts";
import type { CommitId, Person } from "../../schemas/names.ts";
import type { RunResult } from "../../schemas/run-result.ts";
import { canonicalJson } from "../canonical.ts";
import { timestamp } from "../clock.ts";
import { errorOf, SlipwayError } from "../errors.ts";
import { isRetired } from "../promotion/apply-change.ts";
import { decidingPolicy } from "../promotion/decide-promotion.ts";
import { decideRegistration } from "../promotion/decide-registration.ts";
import { versionTaggedAt } from "../promotion/tag-times.ts";
import { registrationChange, withTries } from "../registry/records.ts";
import type { RegistrySnapshot } from "../registry/registry.ts";
import { newSources } from "../registry/sources.ts";
import type { LoadedModel } from "../spec/project.ts";
import { chargeRun, countedAlone, runAbout } from "./charge-run.ts";
import { type Decided, decideAndPublish } from "./decide-and-publish.ts";
import { type CompleteRun, manifestOf } from "./manifest-of.ts";
import { refuseNewName } from "./new-name.ts";
import { readGates } from "./policy.ts";
import type { Ports } from "./ports.ts";

export type Unchanged = { outcome: "unchanged"; manifest: Manifest; reason: string };

/** What the run of a source commit came to in the registry. */
export type Published =
  | { outcome: "registered"; manifest: Manifest }
  | Unchanged
  | { outcome: "refused"; refusals: Refusal[]; results: GateResult[] };

export interface FinishedRun {
  run: CompleteRun;
  /** As it stands at the run's source commit. */
  model: LoadedModel;
  requestedBy: Person;
  pullRequest?: number | undefined;
  /** How it is known that the run's bytes are in the store. */
  bytes: Bytes;
  /** Whether the run may become a version at all, with the default branch as it stands: undefined, or why not. */
  admit?: (tip: CommitId) => Promise<Refusal | undefined>;
}

/**
 * Makes a finished run the model's next version, where the register gates of the default branch's tip pass: a training
 * takes its time, and what the branch says now decides. The act's key is the model and the commit: twice is once.
 */
export async function publishRun(ports: Ports, finished: FinishedRun): Promise<Published> {
  const { run, model, requestedBy, pullRequest, bytes, admit } = finished;
  let own: Manifest | undefined;
  return decideAndPublish(ports, async (snapshot, tip): Promise<Decided<Published>> => {
    const name = await folderOf(snapshot, model.name);
    const done = await registeredBefore(snapshot, name, run.source.commit);
    // Where a connection broke after the push, what is found is this act's own.
    if (done && own !== undefined && canonicalJson(own) === canonicalJson(done.manifest))
      return { result: { outcome: "registered", manifest: done.manifest } };
    const counted = { run, model: name, requestedBy };
    if (done) return { result: done, change: await countedAlone(ports, snapshot, tip, counted, "unchanged") };
    const refusal = await admit?.(tip);
    if (refusal)
      return {
        result: { outcome: "refused", refusals: [refusal], results: [] },
        change: await countedAlone(ports, snapshot, tip, counted, "refused"),
      };
    const rules = await readGates(ports, tip, name, "register", { displayName: model.name });
    const { gates, policy } = rules;
    const { evaluation, violations } = run;
    const spending = await chargeRun(snapshot, run, name, rules);
    if (spending.uncountable) return { result: { outcome: "refused", refusals: [spending.uncountable], results: [] } };
    const { outcome, refusals, results } = decideRegistration({
      ...{ evaluation, gates, violations },
      tries: spending.terms,
    });
    const registeredAt = timestamp(ports.clock());
    const act = { model: name, act: "register", by: requestedBy, at: registeredAt, host: ports.name } as const;
    const about = { ...act, policy };
    if (outcome === "refused") {
      const sources = await newSources(ports.objects, snapshot, [policy.blob, policy.specBlob]);
      const change = spending.alone(runAbout(run, { ...about, outcome }), sources);
      return { result: { outcome, refusals, results }, change };
    }
    const record = await snapshot.model(name);
    if (record === undefined) await refuseNewName(snapshot, name);
    own = manifestOf({ ...run, model: name }, model, {
      version: (record?.latest_version ?? 0) + 1,
      gates: results,
      tries: spending.terms,
      policy: decidingPolicy(policy),
      ...{ pullRequest, bytes },
      registeredAt,
      taggedAt: versionTaggedAt(registeredAt, record),
      registeredBy: requestedBy,
    });
    const used = [policy.blob, policy.specBlob, model.blob];
    const sources = await newSources(ports.objects, snapshot, used);
    const change = registrationChange({ manifest: own, record, sources });
    const { version } = own;
    const tries = spending.files(runAbout(run, { ...about, version, outcome: "registered" }));
    return { result: { outcome: "registered", manifest: own }, change: withTries(change, tries) };
  });
}

/** Where a model's versions are kept: under the name that it had first. */
async function folderOf(snapshot: RegistrySnapshot, model: string): Promise<string> {
  return (await snapshot.find(model)) ?? model;
}

/** What was registered from this commit already. */
export async function registeredBefore(
  snapshot: RegistrySnapshot,
  called: string,
  commit: CommitId,
): Promise<Unchanged | undefined> {
  const model = await folderOf(snapshot, called);
  const version = (await snapshot.read({ kind: "registration", model, source: commit }))?.version;
  if (version === undefined) return undefined;
  const found = await snapshot.manifest(model, version);
  if (!found) throw new SlipwayError("REGISTRY_CORRUPT", `${model} version ${version} has no manifest`);
  const record = await snapshot.model(model);
  const gone = record !== undefined && isRetired(record, version);
  const again = ", and taken out of use since: a new commit, an empty one too, makes another version";
  const reason = `version ${version} was registered from this commit${gone ? again : ""}`;
  return { outcome: "unchanged", manifest: found.manifest, reason };
}

/** The latest version that is in use, where it was made from the same spec and has the same fingerprint: a second one would say nothing new. */
export async function sameAsLatest(
  snapshot: RegistrySnapshot,
  model: LoadedModel,
  fingerprint: () => Promise<string>,
): Promise<Unchanged | undefined> {
  const record = await snapshot.model(await folderOf(snapshot, model.name));
  const latest = record && (await snapshot.manifest(record.name, record.latest_version));
  // One that was withdrawn, or deprecated with its model, is nobody's to use: the same again is a new version.
  if (!latest || isRetired(record, record.latest_version)) return undefined;
  if (latest.manifest.source.spec_blob !== model.blob) return undefined;
  if (latest.manifest.fingerprint !== (await fingerprint())) return undefined;
  const reason = `version ${latest.manifest.version} has the same spec and the same fingerprint`;
  return { outcome: "unchanged", manifest: latest.manifest, reason };
}

/** Why a run gave nothing to register. */
export function runFailure(run: RunResult): SlipwayError {
  return errorOf(run.problem ?? { code: "INTERNAL", message: "the run gave no evaluation" });
}
