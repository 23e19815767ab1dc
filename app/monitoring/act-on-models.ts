import { actOnAlarms, type ToldAlarm } from "../../core/acts/act-on-alarms.ts";
import type { RetrainOutcome } from "../../core/acts/open-retrain.ts";
import { readPolicy } from "../../core/acts/policy.ts";
import { toldAlarms } from "../../core/drift/next-acts.ts";
import { SlipwayError } from "../../core/errors.ts";
import type { Refusal } from "../../schemas/decision.ts";
import type { MonitorResult } from "../../schemas/monitoring.ts";
import { ensureDeployment } from "../deployments/ensure.ts";
import { personOf } from "../github/account.ts";
import type { EventContext } from "../github/event-context.ts";
import { isTemporary } from "../github/failure-kind.ts";
import { defaultTip, registryOf } from "../repositories/read-mirror.ts";
import { findIssues } from "./find-issues.ts";
import { issueMarkdown } from "./issue-markdown.ts";
import { keepIssue } from "./keep-issue.ts";
import { pullHost } from "./pull-host.ts";
import { retrainAsked } from "./retrain-asked.ts";
import { tellRollback } from "./tell-rollback.ts";

/**
 * Does what follows for each model that a run looked at, and for those whose issue is open, with GitHub's hands: one issue a model,
 * deployments of what came back, pull requests. Resolves to what became of pins that somebody asked for. What fails for a while
 * rejects in the end, and is all done again.
 */
export async function actOnModels(
  context: EventContext,
  result: MonitorResult,
  thread: number | undefined,
): Promise<Map<string, RetrainOutcome | Refusal>> {
  const { ports, log } = context;
  const { monitor: { then } = {} } = await readPolicy(ports, await defaultTip(context));
  const retrained = await retrainAsked(context, result, thread);
  const issues = await unlessRefused(log, () => findIssues(context));
  const open = [...(issues?.values() ?? [])].filter(({ state }) => state === "open").map(({ model }) => model);
  const moved = result.moved.filter(({ model }) => !retrained.has(model));
  const names = new Set([...result.windows, ...moved].map(({ model }) => model).concat(open));
  const known = new Set(await (await registryOf(context)).models());
  const numbers = new Map<string, number>();
  const tell = async ({ standing, issue, report, more }: ToldAlarm) => {
    const { record, state } = standing;
    const wanted = { issue, alarms: toldAlarms(state, then), more };
    const body = () => issueMarkdown(context, standing, report);
    const kept =
      issues && (await unlessRefused(log, () => keepIssue(context, wanted, state, body, issues.get(record.name))));
    if (issues === undefined || kept === undefined) return undefined;
    issues.set(record.name, kept);
    numbers.set(record.name, kept.number);
    return `${context.repository.url}/issues/${kept.number}`;
  };
  const act = async (models: readonly string[]) => {
    const { acted, problems } = await actOnAlarms(ports, {
      ...{ models, at: context.clock(), by: personOf(context.app), repository: context.repository.fullName },
      ...{ moved, hands: { place: "issue", tell, pulls: pullHost(context) } },
    });
    for (const { decision } of acted) if (decision !== undefined) await ensureDeployment(context, decision);
    for (const [model, number] of numbers) await tellRollback(context, number, model);
    return problems;
  };
  const models = [...names].filter((name) => known.has(name));
  const problems = await act(models).catch((error: unknown) => {
    if (!(error instanceof SlipwayError) || isTemporary(error)) throw error;
    return oneByOne(models, act);
  });
  for (const problem of problems) log.warn(problem, "what follows from monitoring is not done");
  return retrained;
}

/**
 * Undefined where GitHub will not have it said: issues are turned off, or the App may not write them. What labels ask for is done
 * all the same.
 */
async function unlessRefused<T>(log: EventContext["log"], say: () => Promise<T>): Promise<T | undefined> {
  try {
    return await say();
  } catch (error) {
    const status = error instanceof Error && "status" in error ? Number(error.status) : 0;
    if (status < 400 || status >= 500 || isTemporary(error)) throw error;
    log.warn({ status }, "GitHub takes no issue of alarms");
    return undefined;
  }
}

/** One of them cannot be read: the others are not kept waiting. */
async function oneByOne(
  models: readonly string[],
  act: (models: readonly string[]) => Promise<MonitorResult["problems"]>,
): Promise<MonitorResult["problems"]> {
  const problems: MonitorResult["problems"] = [];
  for (const model of models) {
    try {
      problems.push(...(await act([model])));
    } catch (error) {
      if (!(error instanceof SlipwayError) || isTemporary(error)) throw error;
      problems.push({ model, code: error.code, message: error.message.slice(0, 2_000) });
    }
  }
  return problems;
}
