import type { SlipwayError } from "../../../core/errors.ts";
import type { Section } from "../../../core/report/report.ts";
import { counted } from "../../../core/report/verdict-words.ts";
import type { Decision, Refusal } from "../../../schemas/decision.ts";

/** What came of one command. Sentences are plain text, in which backticks mark what people type. */
export interface Answer {
  sign: AnswerSign;
  /** What happened, in one sentence. */
  title: string;
  /** Why, and what else is worth knowing, a paragraph each. */
  said?: readonly string[] | undefined;
  /** One line each: what was found wrong. */
  points?: readonly string[] | undefined;
  sections?: readonly Section[] | undefined;
  /** What to do now. */
  next?: string | undefined;
  /** A page of GitHub's that shows more. */
  link?: { text: string; url: string } | undefined;
  /** Small print: reason codes, the decision, where the rules were read. */
  small?: readonly string[] | undefined;
  /** The decision that moved a stage: it has to be deployed. */
  moved?: Decision | undefined;
  /** The registry says something new, so the pull request's comment has to. */
  changed?: boolean | undefined;
}

export const SIGNS = { done: "✅", refused: "❌", denied: "🚫", waiting: "⏳", held: "⏸️", note: "ℹ️" } as const;
export type AnswerSign = keyof typeof SIGNS;

/** Tells a person that the policy does not allow what they asked for. */
export function deniedAnswer({ message, hint, code }: Refusal): Answer {
  return { sign: "denied", title: message, next: hint, small: [code] };
}

/**
 * Tells a person why a command cannot be done: a word is wrong, a version does not exist yet, or a record cannot be
 * read.
 */
export function refusedAnswer(error: SlipwayError): Answer {
  const [first, ...others] = error.problems;
  const { expected, hint } = first ?? {};
  const form = expected?.startsWith("/") ? `Write \`${expected}\`.` : undefined;
  const where = others.length > 0 || first?.file !== undefined;
  return {
    sign: "refused",
    title: error.message,
    said: form === undefined && expected !== undefined && !where ? [`Expected ${expected}.`] : undefined,
    points: where ? problemLines(error) : undefined,
    next:
      [error.kind === "broken" ? "This is for whoever runs Slipway here." : onGitHub(hint), form]
        .filter((part) => part !== undefined)
        .join(" ") || undefined,
    small: [error.code],
  };
}

/**
 * Tells a person that something broke: a bug, or something that GitHub or Git did not do. Only the App's log says
 * what.
 */
export function brokenAnswer(delivery: string): Answer {
  return {
    sign: "refused",
    title: "Slipway could not do this",
    said: ["The App's log says why. What was done before is kept, and nothing is done twice."],
    next: "Try again in a new comment.",
    small: ["INTERNAL", `delivery ${delivery}`],
  };
}

const MOST_POINTS = 10;

function problemLines({ problems }: SlipwayError): string[] {
  const lines = problems.slice(0, MOST_POINTS).map(({ file, line, column, message }) => {
    const at = [file, line, column].filter((part) => part !== undefined).join(":");
    return at === "" ? message : `\`${at}\`: ${message}`;
  });
  const more = problems.length - lines.length;
  return more > 0 ? [...lines, `and ${counted(more, "more problem")}`] : lines;
}

/** A hint that names a command of the terminal helps nobody here. */
function onGitHub(hint: string | undefined): string | undefined {
  if (hint === undefined || hint === "" || /^(?:slipway|git) /.test(hint)) return undefined;
  const sentence = `${hint.charAt(0).toUpperCase()}${hint.slice(1)}`;
  return /[.?!:]$/.test(sentence) ? sentence : `${sentence}.`;
}
