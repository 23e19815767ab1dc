import { readPolicy } from "../../core/acts/policy.ts";
import { escapeMarkdown } from "../../core/report/escape-text.ts";
import { policyStages } from "../../core/spec/policy-rules.ts";
import type { EventContext } from "../github/event-context.ts";
import { reply } from "../pulls/reply.ts";
import { defaultTip } from "../repositories/read-mirror.ts";

/**
 * Tells on a model's issue that monitoring brought a version back, if that decision is the one in force: once, whoever was killed
 * before. An edit of the body notifies nobody.
 */
export async function tellRollback(context: EventContext, issue: number, model: string): Promise<void> {
  const { ports } = context;
  const stage = policyStages(await readPolicy(ports, await defaultTip(context))).at(-1) as string;
  const snapshot = await ports.registry.snapshot();
  const id = (await snapshot.model(model))?.stages[stage]?.decision;
  const decision = id === undefined ? undefined : await snapshot.read({ kind: "decision", model, id });
  if (decision?.source?.kind !== "monitor") return;
  const { version, replaces, reason = "" } = decision;
  const words = `Version ${version} is in ${stage} again, in place of version ${replaces}. ${reason}`;
  const next = "`/promote` brings the other one back, through its gates.";
  const key = `monitor-rollback-${decision.id.slice(0, 32)}`;
  // Among all comments, whenever they came: GitHub's clock, in whole seconds, is not the one that decided.
  await reply(context, issue, `${escapeMarkdown(words, 2_000)}\n\n${next}`, key, { again: true });
}
