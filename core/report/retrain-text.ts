import type { MovedPins } from "../../schemas/monitoring.ts";
import type { Sha256 } from "../../schemas/names.ts";
import { escapeMarkdown } from "./escape-text.ts";

/** Why a model is to be trained again. */
export interface RetrainReason {
  /** The alarms that it answers, in words. */
  alarms: readonly string[];
  /** What the person said who asked. */
  said?: string | undefined;
  /** Who asked, as it is shown; undefined: it follows from the policy. */
  by?: string | undefined;
}

const MOST_ALARMS = 10;

/** The same in plain lines, for a commit. */
export function reasonLines({ alarms, said, by }: RetrainReason): string[] {
  const who = by === undefined ? "The policy asks for it" : `Asked for by ${by}`;
  const answers = alarms.slice(0, MOST_ALARMS).map((words) => `Answers: ${words}`);
  return [said === undefined ? who : `${who}: ${said}`, ...answers];
}

/** The title and the body of a pull request that brings a model new pins. */
export function retrainText(moved: MovedPins, reason: RetrainReason): { title: string; body: string } {
  const { model, changes, from, to } = moved;
  const who =
    reason.by === undefined
      ? "The policy's `monitor.then.data: retrain` asks for it."
      : `Asked for by ${escapeMarkdown(reason.by, 100)}${reason.said === undefined ? "." : `: ${escapeMarkdown(reason.said, 2_000)}`}`;
  const alarms = reason.alarms.slice(0, MOST_ALARMS).map((words) => `- ${escapeMarkdown(words, 500)}`);
  const more = reason.alarms.length - alarms.length;
  const answered =
    alarms.length === 0
      ? []
      : ["**It answers**", [...alarms, ...(more > 0 ? [`- … and ${more} more`] : [])].join("\n")];
  const pinned = from === undefined ? "Nothing was pinned before." : `Until now pinned: \`${from.slice(0, 12)}\`.`;
  const body = [
    `The data of **${escapeMarkdown(model)}** moved since they were pinned. This brings the new pins and nothing else. ${who}`,
    ...answered,
    "**What changed in the data**",
    changes.map((line) => `- ${escapeMarkdown(line, 1_200)}`).join("\n"),
    `${pinned} Now: \`${to.slice(0, 12)}\`.`,
    "It is trained, compared and gated like any other pull request. Merging it registers a version if the gates pass; people promote it.",
    retrainMark({ model, pins: to }),
  ].join("\n\n");
  return { title: `Retrain ${model}: its data moved`, body };
}

/** Which pins a pull request was opened for, for whoever reads its body again. */
export function retrainMark({ model, pins }: { model: string; pins: Sha256 }): string {
  return `<!-- slipway:retrain ${model} ${pins} -->`;
}

/** The inverse, from a pull request's body; undefined for one of somebody else. */
export function parseRetrainMark(body: string): { model: string; pins: Sha256 } | undefined {
  const [, model, pins] = /<!-- slipway:retrain ([A-Za-z0-9_-]{1,100}) ([0-9a-f]{64}) -->\s*$/.exec(body) ?? [];
  return model === undefined || pins === undefined ? undefined : { model, pins };
}
