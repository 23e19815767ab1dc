import { timestamp } from "../clock.ts";
import { problemWords } from "./problem-words.ts";
import { type RollingStatus, type RollingTarget, type RollingVersion, rollingVersion } from "./rolling-version.ts";
import type { EndpointState, ServedVersion } from "./served.ts";
import { openSlot, type Slot, type SlotState } from "./slot.ts";
import type { Target, VerifiedTarget } from "./verify-target.ts";

/** What happened to an endpoint, for logs and metrics. */
export type EndpointEvent =
  | { event: "starting"; model: string; stage: string; version: number }
  | { event: "live"; model: string; stage: string; version: number; before: number | undefined }
  | { event: "failed"; model: string; stage: string; version: number | undefined; error: unknown }
  | { event: "rolling"; model: string; stage: string; version: number; step: number }
  | { event: "stopped"; model: string; stage: string; version: number; reason: string }
  | { event: "empty"; model: string; stage: string; before: number | undefined };

/** An endpoint as people look at it. */
export interface EndpointStatus {
  model: string;
  stage: string;
  live: { version: number; digest: string; decision: string; since: string } | undefined;
  /** What comes up to take over. */
  next: { version: number; phase: SlotState["phase"]; since: string } | undefined;
  /** What would answer at once after a rollback. */
  before: { version: number } | undefined;
  /** What is on its way into the stage, and why it cannot answer yet. */
  rollout: (RollingStatus & { phase: SlotState["phase"]; problem?: string }) | undefined;
  problem: string | undefined;
}

/** A model in a stage: what is live, what comes up to take over, and what was live before, ready for a rollback. */
export interface Endpoint {
  /** What the registry has in the stage now; undefined for nothing. It takes over once it can answer. */
  aim(target: VerifiedTarget | undefined): void;
  /** Says why what the registry has in the stage cannot even be tried; undefined where that is over. */
  refuse(error: unknown): void;
  /** What `aim` was told last. */
  aimed(): Target | undefined;
  live(): ServedVersion | undefined;
  /** What is on its way into the stage in the registry; undefined for nothing. */
  aimBeside(target: RollingTarget | undefined): void;
  /** Says why what is on its way there cannot be handed out. The live version answers everybody until it is aimed at again. */
  refuseBeside(of: { version: number; decision: string } | undefined, error: unknown): void;
  /** What rolls out beside the live version, once it can answer; not where it is live itself already. */
  rolling(): { rolling: RollingVersion; candidate: ServedVersion } | undefined;
  state(): EndpointState;
  status(): EndpointStatus;
  close(drainMs: number): Promise<void>;
}

interface EndpointOptions {
  model: string;
  stage: string;
  /** As a slot's. `isWarm`: workers are to be started in any case, since the version that is live has its own. */
  prepare(of: VerifiedTarget, signal: AbortSignal, isWarm: boolean): Promise<ServedVersion>;
  onEvent(event: EndpointEvent): void;
  clock(): Date;
}

export function openEndpoint({ model, stage, prepare, onEvent, clock }: EndpointOptions): Endpoint {
  let target: VerifiedTarget | undefined;
  let called = model;
  let refusal: unknown;
  let live: { slot: Slot; served: ServedVersion; decision: string; since: Date } | undefined;
  let before: Slot | undefined;
  let rolling: RollingVersion | undefined;
  let refusedBeside: unknown;
  const slots = new Set<Slot>();
  const closing = new Set<Promise<void>>();

  const slotOf = (wanted: VerifiedTarget | undefined) =>
    wanted && [...slots].find(({ of }) => of.version === wanted.version);

  /** Gives the version a slot that is fit. `rolls`: its first requests count, and starting it is not theirs to wait for. */
  function open(of: VerifiedTarget, { rolls = false } = {}): void {
    const known = slotOf(of);
    if (known !== undefined && known !== live?.slot && !isFit(known)) retire(known);
    if (slotOf(of) !== undefined) return;
    onEvent({ event: "starting", model: called, stage, version: of.version });
    const isWarm = () => rolls || (live?.served.answering.state().workers ?? 0) > 0;
    const slot: Slot = openSlot({
      ...{ of, clock, onReady: settle },
      prepare: (wanted, signal) => prepare(wanted, signal, isWarm()),
      onFailure: (error) => onEvent({ event: "failed", model: called, stage, version: of.version, error }),
    });
    slots.add(slot);
  }

  function besideLive(): ReturnType<Endpoint["rolling"]> {
    const slot = slotOf(rolling?.target);
    const candidate = slot?.served();
    if (rolling === undefined || candidate === undefined || slot === live?.slot) return undefined;
    return refusedBeside === undefined ? { rolling, candidate } : undefined;
  }

  function roll(wanted: RollingTarget): RollingVersion {
    const { version } = wanted;
    const made: RollingVersion = rollingVersion(wanted, onStop, clock);
    /** What is asked still when a rollout is over says nothing of what answers now. */
    function onStop(reason: string): void {
      if (besideLive()?.rolling === made) onEvent({ event: "stopped", model: called, stage, version, reason });
    }
    return made;
  }

  /** Lets what is wanted take over if it can answer, and ends what nobody needs. All at once: no request sees it half done. */
  function settle(): void {
    const slot = slotOf(target);
    const served = slot?.served();
    if (target === undefined) {
      if (live !== undefined) onEvent({ event: "empty", model: called, stage, before: live.served.version });
      [live, before] = [undefined, undefined];
    } else if (slot !== undefined && served !== undefined && live?.slot !== slot) {
      const last = live;
      if (last !== undefined) before = last.slot;
      live = { slot, served, decision: target.decision, since: clock() };
      const { version } = served;
      onEvent({ event: "live", model: called, stage, version, before: last?.served.version });
    } else if (live !== undefined && live.slot === slot) live.decision = target.decision;
    const candidate = slotOf(rolling?.target);
    for (const each of slots)
      if (each !== live?.slot && each !== before && each !== slot && each !== candidate) retire(each);
  }

  function retire(slot: Slot): void {
    if (slot === before) before = undefined;
    slots.delete(slot);
    const ended = slot.close(slot.served()?.timeoutMs ?? 0).finally(() => closing.delete(ended));
    closing.add(ended);
  }

  function problem(): unknown {
    return refusal ?? slotOf(target)?.state().error;
  }

  return {
    aim(wanted) {
      refusal = undefined;
      target = wanted;
      if (wanted !== undefined) called = wanted.called;
      if (wanted !== undefined) open(wanted);
      settle();
    },
    refuse(error) {
      const isNew = error !== undefined && String(refusal) !== String(error);
      refusal = error;
      if (isNew) onEvent({ event: "failed", model: called, stage, version: undefined, error });
    },
    aimBeside(wanted) {
      refusedBeside = undefined;
      if (wanted === undefined) rolling = undefined;
      else {
        const isKnown = rolling?.target.decision === wanted.decision;
        if (isKnown) rolling?.move(wanted);
        else rolling = roll(wanted);
        if (!isKnown || slotOf(wanted) === undefined) open(wanted, { rolls: true });
        onEvent({ event: "rolling", model: called, stage, version: wanted.version, step: wanted.step + 1 });
      }
      settle();
    },
    refuseBeside(of, error) {
      // A rule that was broken counts still, when the same rollout goes on.
      if (rolling?.target.decision !== of?.decision) rolling = undefined;
      refusedBeside = error;
      onEvent({ event: "failed", model: called, stage, version: of?.version, error });
      settle();
    },
    rolling: besideLive,
    aimed: () => target,
    live: () => live?.served,
    state() {
      const error = problem();
      return {
        ...{ model: called, stage, beside: [besideLive()?.candidate ?? []].flat() },
        ...(live === undefined ? {} : { live: live.served }),
        ...(rolling === undefined ? {} : { rollout: rolling.status() }),
        ...(error === undefined ? {} : { problem: problemWords(error) }),
      };
    },
    status() {
      const next = slotOf(target);
      const error = problem();
      return {
        ...{ model: called, stage },
        live: live && {
          version: live.served.version,
          digest: live.served.digest,
          decision: live.decision,
          since: timestamp(live.since),
        },
        next:
          next === undefined || next === live?.slot
            ? undefined
            : { version: next.of.version, phase: next.state().phase, since: timestamp(next.state().since) },
        before: before && { version: before.of.version },
        rollout: rolling && { ...rolling.status(), ...candidateState(slotOf(rolling.target), refusedBeside) },
        problem: error === undefined ? undefined : problemWords(error),
      };
    },
    async close(drainMs) {
      await Promise.all([...[...slots].map((slot) => slot.close(drainMs)), ...closing]);
    },
  };
}

function candidateState(slot: Slot | undefined, refusal: unknown): { phase: SlotState["phase"]; problem?: string } {
  const { phase, error = refusal } = slot?.state() ?? { phase: "preparing" };
  return { phase, ...(error === undefined ? {} : { problem: problemWords(error) }) };
}

/** Whether waiting for it makes sense: what failed is tried again at once, and so is what lost its workers since. */
function isFit(slot: Slot): boolean {
  if (slot.state().phase === "failed") return false;
  const { workers, ready } = slot.served()?.answering.state() ?? { workers: 0, ready: 0 };
  return workers === 0 || ready > 0;
}
