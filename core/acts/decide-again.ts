import { basename, dirname } from "node:path/posix";
import type { Change } from "../../schemas/change.ts";
import type { DecidingPolicy } from "../../schemas/deciding-policy.ts";
import type { Decision } from "../../schemas/decision.ts";
import type { Manifest } from "../../schemas/manifest.ts";
import type { ModelRecord } from "../../schemas/model-record.ts";
import type { BlobId } from "../../schemas/names.ts";
import type { VersionEvaluation } from "../../schemas/version-evaluation.ts";
import { canonicalJson } from "../canonical.ts";
import { SlipwayError } from "../errors.ts";
import { withVersion } from "../promotion/add-version.ts";
import { calledName, withChange } from "../promotion/apply-change.ts";
import { withAssignment } from "../promotion/assign-stage.ts";
import { mayAct, teamsAsked } from "../promotion/decide-authority.ts";
import { decidePromotion } from "../promotion/decide-promotion.ts";
import { decideRegistration } from "../promotion/decide-registration.ts";
import { decideRollback } from "../promotion/decide-rollback.ts";
import { type EvaluatedVersion, rulesFor, withEvaluation } from "../promotion/evaluated.ts";
import { withHold } from "../promotion/hold.ts";
import { changeTaggedAt, versionTaggedAt } from "../promotion/tag-times.ts";
import { type Finding, wrong } from "../registry/finding.ts";
import type { DecideAgain } from "../registry/verify.ts";
import type { ModelRecords } from "../registry/verify-model.ts";
import { comparisonFaults } from "./comparison-faults.ts";
import { keptFiles } from "./kept-files.ts";
import { type GatesOf, gatesIn, type Rules } from "./policy.ts";

/**
 * Makes every decision on a model again, in the order of its commits, by the functions that make them: from the rules whose
 * texts are kept, the evaluations and comparisons that are recorded, and the model's record as it stood. What comes out
 * otherwise is a finding, and so are rules whose text is not kept.
 */
export const decideAgain: DecideAgain = async (records, text) => {
  const findings: Finding[] = [];
  const rules = rulesReader(text);
  const state: State = { ...records, record: firstRecord(records), decided: [], seen: new Map(), rules };
  for (const act of records.acts) {
    if (act.kind === "version") {
      findings.push(...(await registeredAgain(state, act.manifest)));
      state.seen.set(act.manifest.version, act);
      state.record = withVersion(state.record, act.manifest);
    } else if (act.kind === "decision") {
      findings.push(...(await decidedAgain(state, act.decision)));
      state.decided.push(act.decision);
      if (act.decision.assignment !== undefined) state.record = withAssignment(state.record, act.decision);
    } else if (act.kind === "evaluation") {
      const about = state.seen.get(act.evaluation.version);
      if (about === undefined) continue;
      const version = withEvaluation(about, { record: act.evaluation, blob: act.blob });
      findings.push(...evaluatedAgain(state, version, act.evaluation));
      state.seen.set(act.evaluation.version, version);
    } else if (act.kind === "change") {
      findings.push(...changedAgain(state, act.change));
      state.record = withChange(state.record, act.change);
    } else if (act.review.verdict === "hold" || act.review.verdict === "unhold")
      state.record = withHold(state.record, act.review);
  }
  return findings;
};

type Made = Pick<GatesOf, "handedIn" | "evaluated">;

interface State {
  model: string;
  /** As it stood before the act. */
  record: ModelRecord;
  decided: Decision[];
  seen: Map<number, EvaluatedVersion>;
  rules: ReturnType<typeof rulesReader>;
}

/** The model's record before its first act: what it was called by then, and nothing else that a decision looks at. */
function firstRecord({ model, record, acts }: ModelRecords): ModelRecord {
  const renamed = acts.find((act) => act.kind === "change" && act.change.act === "rename");
  const called = renamed?.kind === "change" ? renamed.change.from : record?.called;
  const at = record?.created_at ?? "";
  return {
    ...{ slipway: 1, name: model, tags: {}, aliases: {}, stages: {}, latest_version: 0 },
    ...{ created_at: at, updated_at: "" },
    ...(called === undefined || called === model ? {} : { called }),
  };
}

/** Rules by the texts that are kept: each once. */
function rulesReader(text: (blob: BlobId) => Promise<Buffer | undefined>) {
  const known = new Map<string, Promise<Rules>>();
  return (policy: DecidingPolicy, record: ModelRecord, stage: string, made: Made = {}): Promise<Rules> => {
    const { blob, spec, spec_blob } = policy;
    const name = spec === undefined ? record.name : basename(dirname(spec));
    if (name !== record.name && name !== calledName(record))
      return Promise.reject(new SlipwayError("MODEL_UNKNOWN", `${spec} is no spec of ${calledName(record)}`));
    const key = canonicalJson({ blob, spec, spec_blob, name: record.name, stage, made });
    const read = async () => {
      const rules = await gatesIn(await keptFiles(policy, text), policy.commit, record.name, stage, {
        called: name,
        ...made,
      });
      if (rules.policy.specBlob === spec_blob && rules.policy.specPath === spec) return rules;
      throw new SlipwayError("MODEL_UNKNOWN", `the policy has its models elsewhere than ${spec}`);
    };
    const found = known.get(key) ?? read();
    known.set(key, found);
    return found;
  };
}

/** Awaits rules, and says what is wrong where they cannot be read. */
async function readOr(reading: Promise<Rules>): Promise<Rules | string> {
  try {
    return await reading;
  } catch (error) {
    if (!(error instanceof SlipwayError)) throw error;
    return `its rules cannot be read again: ${error.message}`;
  }
}

async function registeredAgain({ model, record, rules }: State, manifest: Manifest): Promise<Finding[]> {
  const { version, imported, policy, evaluation } = manifest;
  const at = { kind: "version", model, version } as const;
  const say = (what: string, about: { expected?: string; found?: string } = {}) =>
    wrong("DECISION_WRONG", at, `${model} version ${version}: ${what}.`, about);
  const findings = comparisonFaults(evaluation.comparisons, manifest, undefined).map((fault) => say(fault));
  const known = record.latest_version === 0 ? undefined : record;
  const tagged = versionTaggedAt(manifest.registered_at, known);
  if (manifest.tagged_at !== tagged)
    findings.push(
      wrong("TIME_WRONG", at, `The tag of ${model} version ${version} has another moment than its record gives it.`, {
        ...{ expected: tagged, found: manifest.tagged_at },
      }),
    );
  if (imported) return findings;
  if (policy === undefined) return [...findings, say("it does not say by whose gates it was registered")];
  const read = await readOr(rules(policy, record, "register"));
  if (typeof read === "string") return [...findings, say(read)];
  const again = decideRegistration({ evaluation, gates: read.gates, violations: [] });
  const [refusal] = again.refusals;
  if (refusal !== undefined)
    findings.push(say("its gates refuse it, and it was registered", { found: refusal.message }));
  if (canonicalJson(again.results) !== canonicalJson(manifest.gates))
    findings.push(say("its gates say something else than what is recorded", differing(again.results, manifest.gates)));
  return findings;
}

/** What an evaluation says of versions that it compares with, as they stood. */
function evaluatedAgain(
  { model, record, seen }: State,
  { manifest }: EvaluatedVersion,
  { version, number, evaluation }: VersionEvaluation,
): Finding[] {
  const at = { kind: "evaluation", model, version, number } as const;
  const liveIn = (stage: string) => seen.get(record.stages[stage]?.version ?? 0)?.manifest;
  return comparisonFaults(evaluation.comparisons, manifest, liveIn).map((fault) =>
    wrong("EVALUATION_WRONG", at, `Evaluation ${number} of ${model} version ${version}: ${fault}.`),
  );
}

async function decidedAgain(state: State, decision: Decision): Promise<Finding[]> {
  const { model, record, decided, seen, rules } = state;
  const { id, act, stage, version, policy, comparisons, refusals, approvals = [], source } = decision;
  const say = (what: string, about: { expected?: string; found?: string } = {}) =>
    wrong("DECISION_WRONG", { kind: "decision", model, id }, `Decision ${id}: ${what}.`, about);
  const about = seen.get(version);
  const live = seen.get(record.stages[stage]?.version ?? 0);
  if (about === undefined) return [say(`version ${version} was not registered by then`)];
  const made = act === "promote" ? rulesFor(about) : { handedIn: live?.manifest.imported !== undefined };
  const read = await readOr(rules(policy, record, stage, made));
  if (typeof read === "string") return [say(read)];
  const findings = approvals
    .filter(({ by }) => source !== undefined && !couldApprove(read, by))
    .map(({ by }) => say(`${by.name} approved it, and the policy lets nobody of that name approve`));
  const liveIn = (each: string) => seen.get(record.stages[each]?.version ?? 0)?.manifest;
  findings.push(...comparisonFaults(comparisons, about.manifest, liveIn).map((fault) => say(fault)));
  const asked = {
    ...{ record, stage, gates: read.gates, requestedBy: decision.requested_by, at: decision.decided_at },
    ...{ host: decision.host, reason: decision.reason, source, policy: { ...read.policy, commit: policy.commit } },
    artifactCheck: decision.artifact_check,
  };
  const attempt = () => {
    if (act === "rollback") {
      const back = { ...asked, decisions: decided };
      const plain = decideRollback(back);
      return "decision" in plain && plain.decision.version === version
        ? plain
        : decideRollback({ ...back, to: version });
    }
    return decidePromotion({
      ...{ ...asked, approvals, comparisons, stages: read.stages },
      ...{ manifest: about.manifest, manifestBlob: about.blob, evaluation: about.evaluation },
      // What is wrong with tags and with records that somebody forged is told by themselves.
      untrusted: refusals.filter(({ code }) => code === "TAG_UNTRUSTED" || code === "RECORD_FORGED"),
      canVouch: !refusals.some(({ code }) => code === "APPROVALS_UNAVAILABLE"),
    });
  };
  try {
    const again = attempt();
    if (!("decision" in again))
      return [...findings, say(`what it rests on leads to another end, ${again.outcome}`, { found: decision.outcome })];
    if (again.decision.outcome !== decision.outcome) {
      const [refusal] = again.decision.refusals;
      const expected = `${again.decision.outcome}${refusal === undefined ? "" : `: ${refusal.message}`}`;
      return [...findings, say("what it rests on leads to another end", { expected, found: decision.outcome })];
    }
    if (canonicalJson(again.decision) === canonicalJson(decision)) return findings;
    const [key, ...values] = firstDifference(again.decision, decision);
    return [...findings, say(`its ${key} is not what follows from what it rests on`, differing(...values))];
  } catch (error) {
    if (!(error instanceof SlipwayError)) throw error;
    return [...findings, say(`it cannot be made again: ${error.message}`)];
  }
}

/** Whether GitHub could have vouched for the person at all: with every permission and in every team that is asked for. */
function couldApprove({ whole }: Rules, { id, github_id = 0 }: Decision["requested_by"]): boolean {
  const teams = teamsAsked(whole, "approve");
  return mayAct(whole, "approve", { login: id, id: github_id, permission: "admin", given: true, teams }) === undefined;
}

function changedAgain({ model, record, seen }: State, change: Change): Finding[] {
  const version = change.version === undefined ? undefined : seen.get(change.version)?.manifest.tagged_at;
  const expected = changeTaggedAt(change.at, record, change, version);
  if (expected === change.tagged_at) return [];
  const path = { kind: "change", model, id: change.id } as const;
  const moments = { expected: expected ?? "no tag", found: change.tagged_at ?? "no tag" };
  return [
    wrong("TIME_WRONG", path, `The tags of change ${change.id} have another moment than it gives them.`, moments),
  ];
}

function firstDifference(expected: object, found: object): [key: string, expected: unknown, found: unknown] {
  const [ours, theirs] = [new Map(Object.entries(expected)), new Map(Object.entries(found))];
  const keys = [...new Set([...ours.keys(), ...theirs.keys()])].filter((key) => key !== "id");
  const key = keys.find((each) => said(ours.get(each)) !== said(theirs.get(each))) ?? "id";
  return [key, ours.get(key), theirs.get(key)];
}

function differing(expected: unknown, found: unknown): { expected: string; found: string } {
  return { expected: said(expected).slice(0, 300), found: said(found).slice(0, 300) };
}

function said(value: unknown): string {
  return value === undefined ? "nothing" : canonicalJson(value).trim().replace(/\s+/g, " ");
}
