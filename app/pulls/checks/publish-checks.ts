import type { EventContext } from "../../github/event-context.ts";
import { gatesText, reportsText } from "../render/report-model.ts";
import type { ChangeState } from "../state/state.ts";
import { decideCheck, decideTargetCheck } from "./decide-check.ts";
import { publishCheck } from "./publish-check.ts";

/** Brings both checks on a change's head up to date. `externalId` tells whose they are: `pr:<n>` or `merge-group:<sha>`. */
export async function publishChecks(
  context: EventContext,
  state: ChangeState,
  externalId: string,
  options: { anew?: boolean } = {},
): Promise<void> {
  const { repository } = context;
  const { head } = state.plan;
  const check = decideCheck(state);
  await publishCheck(context, head, externalId, { ...check, text: reportsText(state, repository) }, options);
  const target = decideTargetCheck(state);
  const text = gatesText(state, ["register", state.rules.target]);
  await publishCheck(context, head, externalId, { ...target, text }, options);
}
