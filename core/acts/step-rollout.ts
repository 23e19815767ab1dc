import type { ActSource } from "../../schemas/act-source.ts";
import type { Decision, Refusal } from "../../schemas/decision.ts";
import type { ModelRecord } from "../../schemas/model-record.ts";
import type { CommitId, Person, Timestamp } from "../../schemas/names.ts";
import type { RolloutRecord } from "../../schemas/rollout.ts";
import type { Signer } from "../../schemas/signer.ts";
import { timestamp } from "../clock.ts";
import { actId } from "../promotion/act-id.ts";
import { artifactRefusals } from "../promotion/artifact-check.ts";
import { completedPromotion } from "../promotion/complete-rollout.ts";
import { askedAt, holdRefusals } from "../promotion/decide-promotion.ts";
import { lostHold } from "../promotion/hold.ts";
import { decisionChange, rolloutChange } from "../registry/records.ts";
import type { RegistrySnapshot } from "../registry/registry.ts";
import { nextStep, type Observed } from "../rollout/next-step.ts";
import type { Authorize } from "./authorize.ts";
import { decidingBranch } from "./binding.ts";
import { checkStored } from "./check-artifact.ts";
import { stageRefusals } from "./checked-version.ts";
import { type Decided, decideAndPublish } from "./decide-and-publish.ts";
import { readPolicy } from "./policy.ts";
import type { Ports } from "./ports.ts";
import { knownModel } from "./registered.ts";
import { type RollingOut, rollingOut } from "./rolling-out.ts";
import { truncateReason } from "./truncate-reason.ts";

/** What was counted, and by whose reports. */
export interface Evidence extends Observed {
  /** The digests of the signed reports; absent where a log was read. */
  reports?: string[] | undefined;
}

export interface StepRolloutOptions {
  model: string;
  stage: string;
  /** What a person asks for; absent, the figures decide. */
  asked?: "pause" | "resume" | "abort" | undefined;
  reason?: string | undefined;
  by: Person;
  /** Where it was asked for, and so the act's key; absent on a command line, and where a clock asks. */
  source?: ActSource | undefined;
  authorize?: Authorize | undefined;
  /** What was counted of the present step; undefined where nobody reported. Not asked where a person asks for something. */
  observe(rolling: RollingOut, now: Timestamp, tip: CommitId): Promise<Evidence | undefined>;
  /** Decide, and publish nothing. */
  preview?: boolean | undefined;
}

export type StepRolloutResult =
  /** What was recorded; of a preview, what would be. */
  | { outcome: "stepped"; rollout: RolloutRecord; decision?: Decision }
  /** Nothing is to be recorded: `reason` says what it waits for. */
  | { outcome: "waiting"; reason: string; rolling: RollingOut; evidence?: Evidence | undefined }
  /** No version is on its way there. */
  | { outcome: "none" }
  /** Who asks may not: recorded nowhere. */
  | { outcome: "denied"; refusal: Refusal };

/**
 * What becomes of a rollout now, by its figures or by a person's word, as a record with its figures; the last step puts the
 * version into the stage. Each record is done once, by its rollout and number, and with a source by its source. Rejects with
 * MODEL_UNKNOWN, RECORD_FORGED or TAG_UNTRUSTED.
 */
export async function stepRollout(ports: Ports, options: StepRolloutOptions): Promise<StepRolloutResult> {
  const { stage, source, authorize, observe, asked } = options;
  const key = source && actId(source);
  const built = new Set<string>();
  const decide = async (snapshot: RegistrySnapshot, tip: CommitId): Promise<Decided<StepRolloutResult>> => {
    const record = await knownModel(snapshot, options.model);
    const { name: model } = record;
    const done = (await snapshot.list("rollout", model)).find((each) =>
      key === undefined ? built.has(inWords(each)) : each.request === key,
    );
    if (done) {
      const { completes: id } = done;
      const decision = id === undefined ? undefined : await snapshot.read({ kind: "decision", model, id });
      return { result: { outcome: "stepped", rollout: done, ...(decision === undefined ? {} : { decision }) } };
    }
    const policy = await readPolicy(ports, tip);
    const refusal = await authorize?.(policy);
    if (refusal) return { result: { outcome: "denied", refusal } };
    const { signers = [] } = policy;
    const rolling = await rollingOut(ports, snapshot, record, stage, signers);
    if (rolling === undefined) return { result: { outcome: "none" } };
    const at = timestamp(ports.clock());
    const evidence = asked === undefined ? await observe(rolling, at, tip) : undefined;
    const decided = await decideStep(ports, snapshot, tip, { options, record, rolling, signers, evidence, at });
    if (decided.result.outcome === "stepped") built.add(inWords(decided.result.rollout));
    return decided;
  };
  if (!options.preview) return decideAndPublish(ports, decide);
  return (await decide(await ports.registry.snapshot(), (await decidingBranch(ports)).commit)).result;
}

/** What was done: with the same number, another host may have recorded something else meanwhile. */
function inWords({ decision, n, act, cause }: RolloutRecord): string {
  return `${decision}-${n}: ${act} by ${cause}`;
}

interface Step {
  options: StepRolloutOptions;
  record: ModelRecord;
  rolling: RollingOut;
  signers: readonly Signer[];
  evidence: Evidence | undefined;
  at: Timestamp;
}

async function decideStep(
  ports: Ports,
  snapshot: RegistrySnapshot,
  tip: CommitId,
  { options, record, rolling, signers, evidence, at }: Step,
): Promise<Decided<StepRolloutResult>> {
  const { asked, by, source, reason: said } = options;
  const { model, stage, state, decision: began, plan, manifest } = rolling;
  const wait = (reason: string): Decided<StepRolloutResult> => ({
    result: { outcome: "waiting", reason, rolling, evidence },
  });
  const recordOf = (
    act: RolloutRecord["act"],
    about: { cause: RolloutRecord["cause"]; reason: string; step?: number },
  ): RolloutRecord => ({
    ...{ slipway: 1, decision: state.decision, n: state.n + 1, act, model, stage, version: state.version },
    step: state.step,
    ...about,
    ...(evidence === undefined ? {} : { figures: evidence.figures, until: evidence.until }),
    ...(evidence?.reports === undefined ? {} : { reports: evidence.reports }),
    ...askedAt(source),
    ...{ by, at, host: ports.name },
  });
  const written = (rollout: RolloutRecord): Decided<StepRolloutResult> => ({
    result: { outcome: "stepped", rollout },
    change: rolloutChange({ rollout, record }),
  });
  if (asked !== undefined) {
    const paused = state.paused?.by === "person";
    if (asked === "pause" && paused) return wait("it is paused already");
    if (asked === "resume" && state.paused === undefined) return wait("it is not paused");
    const reason = truncateReason(said).reason ?? `${by.name} asked for it`;
    return written(recordOf(asked, { cause: "person", reason }));
  }

  const next = nextStep(plan, state, evidence, at);
  if (next.act === "wait") return wait(next.reason);
  const about = { cause: "figures", reason: next.reason } as const;
  if (next.act === "pause" || next.act === "abort") return written(recordOf(next.act, about));
  const artifactCheck = await checkStored(ports, tip, manifest);
  const [refusal] = [
    ...holdRefusals(record),
    ...lostHold(record, await snapshot.list("review", model)),
    ...(await stageRefusals(ports, snapshot, { model, version: state.version, stage }, signers)),
    ...artifactRefusals(artifactCheck, model, state.version),
  ];
  if (refusal !== undefined) return wait(refusal.message);
  if (next.act === "advance") return written(recordOf("advance", { ...about, step: next.step }));
  const decision = completedPromotion({
    ...{ began, record, artifactCheck, versionTaggedAt: manifest.tagged_at, at, host: ports.name },
  });
  const rollout = { ...recordOf("complete", { ...about, step: next.step }), completes: decision.id };
  return {
    result: { outcome: "stepped", rollout, decision },
    change: decisionChange({ decision, record, rollout }),
  };
}
