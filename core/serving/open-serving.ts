import { randomBytes } from "node:crypto";
import type { ModelName } from "../../schemas/names.ts";
import type { Signer } from "../../schemas/signer.ts";
import { currentPolicy } from "../acts/current-policy.ts";
import type { Ports } from "../acts/ports.ts";
import { currentSigners, signersOf } from "../acts/signers.ts";
import { timestamp } from "../clock.ts";
import { errorOf, SlipwayError } from "../errors.ts";
import type { PrivateKey } from "../git/ssh/private-key.ts";
import { currentAssignment } from "../promotion/assign-stage.ts";
import { type Catalog, type CatalogModel, openCatalogs } from "../registry/catalog.ts";
import { sideBySide } from "../runtime/side-by-side.ts";
import { knownStage } from "../spec/policy-rules.ts";
import { answer } from "./answer.ts";
import { type Endpoint, openEndpoint } from "./endpoint.ts";
import { follow } from "./follow.ts";
import { followRollouts } from "./follow-rollouts.ts";
import { prepareVersion, type StartAnswering } from "./prepare-version.ts";
import { problemWords } from "./problem-words.ts";
import { LOOK_EVERY, lookAtTip } from "./registry-tip.ts";
import { reportRollouts } from "./report-rollouts.ts";
import { openRequestLog } from "./request-log/open-log.ts";
import type { ServingEvent, ServingHost } from "./serving-host.ts";
import { turns } from "./turns.ts";
import { verifyTarget } from "./verify-target.ts";

export interface ServingOptions {
  /** Which models, as they are called. None: every model that has a version in the stage, now or later. */
  models: readonly string[];
  stage: string;
  /** Start no process of a model before its first request. */
  lazy: boolean;
  start: StartAnswering;
  /** Signs what is counted of rollouts, for their records; undefined where the request log itself is read. */
  reportKey?: PrivateKey | undefined;
  onEvent(event: ServingEvent): void;
}

/** Versions that are verified and come up at once: each takes most of a core to start. */
const AT_ONCE = 4;
/** Milliseconds in which the request log's rest is sent at the end; the next start sends what is left. */
const LOG_WITHIN = 3_000;
/** Milliseconds until what was refused is looked at again: a tag may be on its way, a remote may come back. */
const AGAIN = { first: 2_000, most: 60_000 } as const;

interface Followed {
  endpoint: Endpoint;
  /** What was refused last, and when it is looked at again. */
  refused?: { held: string | undefined; failures: number; again: number };
}

/** A model whose stage holds something else than its endpoint aims at. */
interface Moved {
  model: CatalogModel;
  endpoint: Endpoint;
  held: string | undefined;
}

/**
 * Answers for the models of a stage, and follows the registry: what is promoted or rolled back takes over once it can answer.
 * Resolves after the first look. Rejects if that fails, with MODEL_UNKNOWN if a named model is not in the
 * registry, and with STAGE_UNKNOWN if the policy names no such stage.
 */
export async function openServing(ports: Ports, options: ServingOptions): Promise<ServingHost> {
  const { models: named, stage, lazy, start, onEvent } = options;
  const { clock, store, remote, requestLog } = ports;
  const replica = randomBytes(8).toString("hex");
  const inTurn = turns(AT_ONCE);
  const startedAt = timestamp(clock());
  const catalogs = openCatalogs(ports.objects, { remote, signers: signersOf(ports) });
  const followed = new Map<ModelName, Followed>();
  /** What was there at the start, and what of it has not answered yet: without it, this process is not ready. */
  let atStart: readonly Endpoint[] | undefined;
  const coming = new Set<Endpoint>();
  let isFollowed = false;
  let isDraining = false;
  const waiting = new Set<() => void>();

  function tell(event: ServingEvent): void {
    onEvent(event);
    for (const each of coming) if (each.live() !== undefined) coming.delete(each);
    for (const wake of waiting) wake();
  }

  function open(model: CatalogModel): Followed {
    const endpoint = openEndpoint({
      ...{ model: model.displayName, stage, clock, onEvent: tell },
      prepare: (of, signal, isWarm) =>
        inTurn(() =>
          prepareVersion(
            of,
            { start, store, lazy: lazy && !isWarm, clock, onNote: (text) => tell({ event: "note", text }) },
            signal,
          ),
        ),
    });
    const made = { endpoint };
    followed.set(model.name, made);
    return made;
  }

  function refuse(name: ModelName, held: string | undefined, error: unknown): void {
    const each = followed.get(name) as Followed;
    const last = each.refused;
    const failures = last !== undefined && last.held === held ? last.failures + 1 : 0;
    const wait = Math.min(AGAIN.first * 2 ** failures, AGAIN.most);
    each.refused = { held, failures, again: clock().getTime() + wait };
    each.endpoint.refuse(error);
  }

  /** Brings one model's endpoint to what the catalog has in the stage. Rejects where that must not be handed out. */
  async function bring(catalog: Catalog, model: CatalogModel, endpoint: Endpoint, signers: readonly Signer[]) {
    const held = currentAssignment(model.record, stage);
    if (held === undefined) {
      const refusal = await catalog.stage(model, stage);
      if (refusal !== undefined) throw errorOf(refusal);
      return endpoint.aim(undefined);
    }
    const { version, decision } = held;
    const target = { model: model.name, stage, version, decision };
    endpoint.aim(await verifyTarget(ports, target, { tip: catalog.commit as string, signers }));
  }

  const rollouts = followRollouts(ports, stage);

  async function take(tip: string | undefined): Promise<void> {
    const catalog = await catalogs.at(tip);
    const chosen = named.length === 0 ? catalog.models : named.map((name) => known(catalog, name));
    const now = clock().getTime();
    const moved = chosen.flatMap((model) => {
      const held = inWords(currentAssignment(model.record, stage));
      const before = followed.get(model.name);
      if (before === undefined && held === undefined && named.length === 0) return [];
      const { endpoint, refused } = before ?? open(model);
      const isKnown = refused === undefined ? inWords(endpoint.aimed()) === held : refused.held === held;
      return isKnown && (refused === undefined || now < refused.again) ? [] : [{ model, endpoint, held }];
    });
    for (const [name, { endpoint, refused }] of followed)
      if (refused === undefined && !chosen.some((model) => model.name === name))
        refuse(name, undefined, gone(endpoint.state().model));
    if (atStart === undefined) {
      atStart = [...followed.values()].map(({ endpoint }) => endpoint);
      for (const each of atStart) coming.add(each);
    }
    await bringMoved(catalog, moved);
    await rollouts.take(tip, chosen, (name) => followed.get(name)?.endpoint);
  }

  async function bringMoved(catalog: Catalog, moved: readonly Moved[]): Promise<void> {
    if (moved.length === 0) return;
    const signers = await currentSigners(ports);
    await sideBySide(moved, AT_ONCE, async ({ model, endpoint, held }) => {
      try {
        await bring(catalog, model, endpoint, signers);
        delete (followed.get(model.name) as Followed).refused;
      } catch (error) {
        refuse(model.name, held, error);
      }
    });
  }

  knownStage(await currentPolicy(ports), stage);
  const follower = await follow({
    ...{ look: lookAtTip(ports), take, clock, every: LOOK_EVERY[remote === undefined ? "local" : "remote"] },
    // What goes wrong at the first look is what this rejects with.
    onProblem: (error) => isFollowed && tell({ event: "registry", error }),
  });
  const first = follower.state().problem;
  if (first !== undefined) {
    await follower.close();
    throw first.error;
  }
  isFollowed = true;

  const log = requestLog && (await openRequestLog({ ...requestLog, replica }));
  const endpoints = () => [...followed.values()].map(({ endpoint }) => endpoint);
  const reporting =
    requestLog &&
    options.reportKey &&
    reportRollouts({
      ...{ replica, store: requestLog.store, key: options.reportKey },
      rolling: () => endpoints().flatMap((each) => each.rolling()?.rolling ?? []),
      onProblem: (error) => tell({ event: "reports", error }),
    });
  const isReady = () => !isDraining && coming.size === 0 && endpoints().some((each) => takesRows(each));

  return {
    replica,
    endpoints: () => endpoints().map((each) => each.state()),
    ready: isReady,
    requestLog: () => log?.state(),
    ask: (request) => answer(endpoints(), request, log),
    status() {
      const { commit, looked_at, problem } = follower.state();
      return {
        ...{ replica, stage, started_at: startedAt },
        state: isDraining ? "draining" : isReady() ? "ready" : "starting",
        registry: {
          ...(remote === undefined ? {} : { remote }),
          commit,
          looked_at: looked_at && timestamp(looked_at),
          problem: problem && { message: problemWords(problem.error), since: timestamp(problem.since) },
        },
        request_log: log?.state(),
        endpoints: endpoints().map((each) => each.status()),
      };
    },
    poke: () => follower.poke(),
    async settled() {
      const isOver = ({ live, problem }: ReturnType<Endpoint["state"]>) => live !== undefined || problem !== undefined;
      while (!isDraining && !(atStart ?? []).every((each) => each.aimed() === undefined || isOver(each.state())))
        await new Promise<void>((resolve) => waiting.add(resolve));
      waiting.clear();
    },
    drain() {
      isDraining = true;
      for (const wake of waiting) wake();
    },
    async close(drainMs) {
      isDraining = true;
      await follower.close();
      await Promise.all(endpoints().map((each) => each.close(drainMs)));
      await Promise.all([log?.close(LOG_WITHIN), reporting?.close(LOG_WITHIN)]);
    },
  };
}

function known(catalog: Catalog, name: string): CatalogModel {
  const found = catalog.find(name);
  if (found !== undefined) return found;
  const names = catalog.models.slice(0, 10).map(({ displayName }) => displayName);
  throw new SlipwayError("MODEL_UNKNOWN", `${name} is not in the registry`, {
    expected: names.length > 0 ? `a registered model: ${names.join(", ")}` : "a registered model; there is none yet",
    found: name,
  });
}

function gone(model: string): SlipwayError {
  return new SlipwayError("MODEL_UNKNOWN", `${model} is not in the registry any more: its version goes on answering.`, {
    hint: "`slipway verify` says what became of it.",
  });
}

function inWords(held: { version: number; decision: string } | undefined): string | undefined {
  return held && `version ${held.version} by decision ${held.decision}`;
}

/** Whether it has a worker, or starts one with the next request. */
function takesRows(endpoint: Endpoint): boolean {
  const { ready, workers } = endpoint.live()?.answering.state() ?? { ready: 0, workers: 1 };
  return ready > 0 || workers === 0;
}
