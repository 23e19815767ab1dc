import { escapeMarkdown } from "../../core/report/escape-text.ts";
import { counted } from "../../core/report/verdict-words.ts";
import type { Refusal } from "../../schemas/decision.ts";
import type { CommitId } from "../../schemas/names.ts";
import type { Answered } from "../commands/publish-answers.ts";
import { renderAnswers } from "../commands/render-answers.ts";
import type { EventContext } from "../github/event-context.ts";
import { type Check, REGISTRATION_CHECK } from "../pulls/checks/check.ts";
import { publishCheck } from "../pulls/checks/publish-check.ts";
import { fitLines } from "../pulls/render/fit-lines.ts";
import { refusalList } from "../pulls/render/refusal-list.ts";
import { refusalsOf } from "./missed.ts";
import type { Registered } from "./registered.ts";

/** GitHub takes 65,535 characters. */
const MOST_SUMMARY = 60_000;
const MOST_REFUSALS = 16_000;

/** What a commit of the default branch has come to: each of its models, or why none could be looked at. */
export type RegistrationState =
  | { outcome: "waiting"; models: readonly string[] }
  | {
      outcome: "ended";
      models: readonly Registered[];
      postponed: readonly { model: string; refusal: Refusal }[];
      /** What became of the stages that the policy has new versions ask for. */
      promotions: readonly Answered[];
    }
  /** Nothing of the commit can be registered at all. */
  | { outcome: "stopped"; refusals: readonly Refusal[] };

/** `Slipway: registration`, on a commit of the default branch: what became of its models, and why not a version. */
export function decideRegistrationCheck(state: RegistrationState, url?: string): Check {
  const check = (how: Check["state"], title: string, parts: readonly string[]): Check => ({
    ...{ name: REGISTRATION_CHECK, state: how, title, problems: [], buttons: [] },
    summary: fitLines(parts, MOST_SUMMARY, (left) => `… and ${counted(left, "more model")}.`).join("\n\n"),
    ...(url === undefined ? {} : { url }),
  });
  if (state.outcome === "waiting")
    return check("queued", `Waiting for the run of ${counted(state.models.length, "model")}`, [
      `The default branch's run trains and evaluates ${state.models.map((model) => escapeMarkdown(model, 100)).join(", ")}.`,
    ]);
  if (state.outcome === "stopped")
    return check("failure", "Nothing was registered", [refusalList(state.refusals, MOST_REFUSALS)]);
  const { models, postponed, promotions } = state;
  const missed = models.filter(({ answer }) => !isVersion(answer));
  const lost = [...missed.map(({ model }) => model), ...postponed.map(({ model }) => model)];
  const parts = [
    ...missed.map(({ model, answer }) => part("❌", model, "was not registered", refusalsOf(answer))),
    ...postponed.map(({ model, refusal }) => part("⏳", model, "is not registered yet: it is tried again", [refusal])),
    ...models.flatMap(({ model, answer }) =>
      "manifest" in answer && isVersion(answer)
        ? [`✅ **${escapeMarkdown(model, 100)}** is version ${answer.manifest.version}.`]
        : [],
    ),
    ...(promotions.length === 0 ? [] : [renderAnswers(promotions)]),
  ];
  if (lost.length === 0) {
    const [only, ...more] = models;
    const named =
      only !== undefined && more.length === 0 && "manifest" in only.answer ? only.answer.manifest : undefined;
    const title = named ? `${named.model} version ${named.version}` : `${counted(models.length, "model")} registered`;
    return check("success", title, parts);
  }
  const [first, ...others] = lost;
  return check("failure", `${others.length === 0 ? first : counted(lost.length, "model")} not registered`, parts);
}

export async function publishRegistration(
  context: EventContext,
  commit: CommitId,
  state: RegistrationState,
  { url, first = false }: { url?: string; first?: boolean } = {},
): Promise<void> {
  await publishCheck(context, commit, "registration", decideRegistrationCheck(state, url), { first });
}

function isVersion({ outcome }: Registered["answer"]): boolean {
  return outcome === "registered" || outcome === "unchanged";
}

function part(sign: string, model: string, what: string, refusals: readonly Refusal[]): string {
  return `${sign} **${escapeMarkdown(model, 100)}** ${what}:\n\n${refusalList(refusals, MOST_REFUSALS)}`;
}
