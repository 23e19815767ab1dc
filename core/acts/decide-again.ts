import { basename, dirname } from "node:path/posix";
import type { Change } from "../../schemas/change.ts";
import type { DecidingPolicy } from "../../schemas/deciding-policy.ts";
import type { Decision } from "../../schemas/decision.ts";
import type { Manifest } from "../../schemas/manifest.ts";
import type { ModelRecord } from "../../schemas/model-record.ts";
import type { BlobId } from "../../schemas/names.ts";
import type { Try } from "../../schemas/try.ts";
import { canonicalJson } from "../canonical.ts";
import { SlipwayError } from "../errors.ts";
import { isPaid } from "../ledger/is-paid.ts";
import { withVersion } from "../promotion/add-version.ts";
import { displayName, withChange } from "../promotion/apply-change.ts";
import { withAssignment } from "../promotion/assign-stage.ts";
import { authorizeAct, teamsAsked } from "../promotion/decide-authority.ts";
import { decidePromotion } from "../promotion/decide-promotion.ts";
import { decideRegistration } from "../promotion/decide-registration.ts";
import { decideRollback } from "../promotion/decide-rollback.ts";
import { type EvaluatedVersion, rulesFor, withEvaluation } from "../promotion/evaluated.ts";
import { withHold } from "../promotion/hold.ts";
import { versionTaggedAt } from "../promotion/tag-times.ts";
import { type Finding, wrong } from "../registry/finding.ts";
import type { Held, ModelRecords } from "../registry/model-records.ts";
import { inOneLine } from "../registry/record-difference.ts";
import type { DecideAgain } from "../registry/verify.ts";
import { currentRollout, withRollout, withRolloutBegun } from "../rollout/state.ts";
import { bytesFaults, checkFault } from "./bytes-faults.ts";
import { changedAgain } from "./changes-again.ts";
import { comparisonFaults } from "./comparison-faults.ts";
import { keptFiles } from "./kept-files.ts";
import { type GatesOf, gatesIn, type StageRules } from "./policy.ts";
import { completedAgain, steppedAgain } from "./rollouts-again.ts";

/**
 * Makes every decision on a model again, in the order of its commits, by the functions that make them: from the rules whose
 * texts are kept, the evaluations and comparisons that are recorded, and the model's record as it stood. What comes out
 * otherwise is a finding, and so are rules whose text is not kept.
 */
export const decideAgain: DecideAgain = async (records, text, ledger) => {
  const findings: Finding[] = [];
  const rules = rulesReader(text);
  const { model } = records;
  const tries = ledger.flatMap((held) => (held.kind === "try" ? [held.record] : []));
  const completions = new Map(records.of("rollout").map((held) => [held.record.completes ?? "", held]));
  const state: State = {
    ...{ model, record: firstRecord(records), decided: [], changed: [], seen: new Map(), rules, tries, completions },
  };
  for (const held of records.all) findings.push(...(await madeAgain(state, held)));
  return findings;
};

/** What is wrong with one record by the state before it, which it then changes. */
async function madeAgain(state: State, held: ModelRecords["all"][number]): Promise<Finding[]> {
  const findings: Finding[] = [];
  if (held.kind === "version") {
    const { record: manifest, blob } = held;
    findings.push(...(await registeredAgain(state, manifest)));
    state.seen.set(manifest.version, { manifest, blob });
    state.record = withVersion(state.record, manifest);
  } else if (held.kind === "decision") {
    findings.push(...(await decidedAgain(state, held.record)));
    state.decided.push(held.record);
    if (held.record.outcome === "promoted") state.record = withAssignment(state.record, held.record);
    else if (held.record.outcome === "rolling-out") state.record = withRolloutBegun(state.record, held.record);
  } else if (held.kind === "rollout") {
    // What another record of the same commit ended follows from that one, and is replayed with it.
    if (currentRollout(state.record, held.record.stage)?.decision !== held.record.decision) return [];
    findings.push(...steppedAgain(state, held));
    state.record = withRollout(state.record, held.record);
  } else if (held.kind === "evaluation") {
    const about = state.seen.get(held.record.version);
    if (about === undefined) return [];
    const version = withEvaluation(about, held);
    findings.push(...evaluatedAgain(state, version, held));
    state.seen.set(held.record.version, version);
  } else if (held.kind === "change") {
    findings.push(...changedAgain(state, held));
    state.changed.push(held.record);
    state.record = withChange(state.record, held.record);
  } else if (held.kind === "review" && (held.record.verdict === "hold" || held.record.verdict === "unhold"))
    state.record = withHold(state.record, held.record);
  return findings;
}

type Made = Pick<GatesOf, "imported" | "evaluated">;

interface State {
  model: string;
  /** As it stood before the act. */
  record: ModelRecord;
  decided: Decision[];
  changed: Change[];
  seen: Map<number, EvaluatedVersion>;
  rules: ReturnType<typeof rulesReader>;
  /** Those of all test sets. */
  tries: readonly Try[];
  /** What ended a rollout with the version in the stage, by the decision that put it there. */
  completions: ReadonlyMap<string, Held<"rollout">>;
}

/** The model's record before its first act: what it was called by then, and nothing else that a decision looks at. */
function firstRecord({ model, get, of }: ModelRecords): ModelRecord {
  const record = get({ kind: "model", model })?.record;
  const renamed = of("change").find(({ record: { act } }) => act === "rename");
  const called = renamed === undefined ? record?.display_name : renamed.record.from;
  const at = record?.created_at ?? "";
  return {
    ...{ slipway: 1, name: model, tags: {}, aliases: {}, stages: {}, latest_version: 0 },
    ...{ created_at: at, updated_at: "" },
    ...(called === undefined || called === model ? {} : { display_name: called }),
  };
}

/** Rules by the texts that are kept: each once. */
function rulesReader(text: (blob: BlobId) => Promise<Buffer | undefined>) {
  const known = new Map<string, Promise<StageRules>>();
  return (policy: DecidingPolicy, record: ModelRecord, stage: string, made: Made = {}): Promise<StageRules> => {
    const { blob, spec, spec_blob } = policy;
    const name = spec === undefined ? record.name : basename(dirname(spec));
    if (name !== record.name && name !== displayName(record))
      return Promise.reject(new SlipwayError("MODEL_UNKNOWN", `${spec} is no spec of ${displayName(record)}`));
    const key = canonicalJson({ blob, spec, spec_blob, name: record.name, stage, made });
    const read = async () => {
      const rules = await gatesIn(await keptFiles(policy, text), policy.commit, record.name, stage, {
        displayName: name,
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
async function readOr(reading: Promise<StageRules>): Promise<StageRules | string> {
  try {
    return await reading;
  } catch (error) {
    if (!(error instanceof SlipwayError)) throw error;
    return `its rules cannot be read again: ${error.message}`;
  }
}

async function registeredAgain(state: State, manifest: Manifest): Promise<Finding[]> {
  const { model, record, rules } = state;
  const { version, imported, policy, evaluation } = manifest;
  const at = { kind: "version", model, version } as const;
  const say = (what: string, about: { expected?: string; found?: string } = {}) =>
    wrong("DECISION_WRONG", at, `${model} version ${version}: ${what}.`, about);
  const findings = comparisonFaults(evaluation.comparisons, manifest, undefined).map((fault) => say(fault));
  findings.push(...bytesFaults(manifest).map((fault) => say(fault)));
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
  const again = decideRegistration({
    ...{ evaluation, gates: read.gates, violations: [] },
    tries: manifest.tries ?? [],
  });
  const [refusal] = again.refusals;
  if (refusal !== undefined)
    findings.push(say("its gates refuse it, and it was registered", { found: refusal.message }));
  if (canonicalJson(again.results) !== canonicalJson(manifest.gates))
    findings.push(say("its gates say something else than what is recorded", differing(again.results, manifest.gates)));
  const manifestOf = (each: number) => state.seen.get(each)?.manifest;
  if (
    !isPaid(
      { manifest, gates: read.every, budget: read.budget, ...evaluation, manifestOf },
      manifest.tries,
      state.tries,
    )
  )
    findings.push(say(UNPAID));
  return findings;
}

const UNPAID = "it rests on other tries than those that were spent for it";

/** What an evaluation says of versions that it compares with, as they stood. */
function evaluatedAgain(
  { model, record, seen }: State,
  { manifest }: EvaluatedVersion,
  { at, record: { number, version, evaluation } }: Held<"evaluation">,
): Finding[] {
  const liveIn = (stage: string) => seen.get(record.stages[stage]?.version ?? 0)?.manifest;
  return comparisonFaults(evaluation.comparisons, manifest, liveIn).map((fault) =>
    wrong("EVALUATION_WRONG", at, `Evaluation ${number} of ${model} version ${version}: ${fault}.`),
  );
}

async function decidedAgain(state: State, decision: Decision): Promise<Finding[]> {
  const { model, record, decided, seen, rules } = state;
  if (decision.completes !== undefined) return completedAgain(state, decision);
  const { id, act, stage, version, policy, comparisons, refusals, approvals = [], source } = decision;
  const say = (what: string, about: { expected?: string; found?: string } = {}) =>
    wrong("DECISION_WRONG", { kind: "decision", model, id }, `Decision ${id}: ${what}.`, about);
  const about = seen.get(version);
  const live = seen.get(record.stages[stage]?.version ?? 0);
  if (about === undefined) return [say(`version ${version} was not registered by then`)];
  const fault = checkFault(decision, about.manifest);
  if (fault !== undefined) return [say(fault)];
  const made = act === "promote" ? rulesFor(about) : { imported: live?.manifest.imported !== undefined };
  const read = await readOr(rules(policy, record, stage, made));
  if (typeof read === "string") return [say(read)];
  const findings = approvals
    .filter(({ by }) => source !== undefined && !couldApprove(read, by))
    .map(({ by }) => say(`${by.name} approved it, and the policy lets nobody of that name approve`));
  const liveIn = (each: string) => seen.get(record.stages[each]?.version ?? 0)?.manifest;
  findings.push(...comparisonFaults(comparisons, about.manifest, liveIn).map((fault) => say(fault)));
  const counts = act === "promote" && (about.manifest.imported === undefined || about.evaluation !== undefined);
  const manifestOf = (each: number) => seen.get(each)?.manifest;
  if (
    counts &&
    !isPaid({ ...about, gates: read.gates, budget: read.budget, comparisons, manifestOf }, decision.tries, state.tries)
  )
    findings.push(say(UNPAID));
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
      tries: decision.tries ?? [],
      ...{ manifest: about.manifest, manifestBlob: about.blob, evaluation: about.evaluation },
      // What is wrong with tags and with records that somebody forged is told by themselves.
      untrusted: refusals.filter(({ code }) => code === "TAG_UNTRUSTED" || code === "RECORD_FORGED"),
      identifiesUsers: !refusals.some(({ code }) => code === "APPROVALS_UNAVAILABLE"),
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

/** Whether GitHub could have identified the person at all: with every permission and in every team that is asked for. */
function couldApprove({ whole }: StageRules, { id: login, account = "" }: Decision["requested_by"]): boolean {
  const person = { login, id: Number(account.split(":")[1] ?? 0), teams: teamsAsked(whole, "approve") };
  return authorizeAct(whole, "approve", { ...person, permission: "admin", given: true }) === undefined;
}

function firstDifference(expected: object, found: object): [key: string, expected: unknown, found: unknown] {
  const [ours, theirs] = [new Map(Object.entries(expected)), new Map(Object.entries(found))];
  const keys = [...new Set([...ours.keys(), ...theirs.keys()])].filter((key) => key !== "id");
  const key = keys.find((each) => inOneLine(ours.get(each)) !== inOneLine(theirs.get(each))) ?? "id";
  return [key, ours.get(key), theirs.get(key)];
}

function differing(expected: unknown, found: unknown): { expected: string; found: string } {
  return { expected: inOneLine(expected).slice(0, 300), found: inOneLine(found).slice(0, 300) };
}
