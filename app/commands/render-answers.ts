import { sectionMarkdown } from "../../core/report/to-markdown.ts";
import { code, prose } from "../pulls/render/prose.ts";
import { type Answer, SIGNS } from "./run/answer.ts";

/** GitHub takes 65,536 characters in a comment. */
const LIMIT = 60_000;
const ROWS = [30, 10, 3];

/**
 * The reply to a comment: each command as it was written, and its answer. The reply is never longer than GitHub
 * takes: tables are shortened first, then left out. All that people wrote is escaped, and nobody is mentioned.
 */
export function renderAnswers(answers: readonly { asked: string; answer: Answer }[]): string {
  const share = Math.floor(LIMIT / Math.max(1, answers.length));
  return answers.map(({ asked, answer }) => `> ${code(asked)}\n\n${block(answer, share)}`).join("\n\n");
}

function block(answer: Answer, limit: number): string {
  const head = [
    `${SIGNS[answer.sign]} **${prose(answer.title, 500)}**`,
    ...(answer.said ?? []).slice(0, 5).map((paragraph) => prose(paragraph)),
    (answer.points ?? [])
      .slice(0, 20)
      .map((point) => `- ${prose(point, 500)}`)
      .join("\n"),
  ];
  const foot = [
    [answer.next === undefined ? "" : prose(answer.next), linkTo(answer.link)].filter((part) => part !== "").join(" "),
    (answer.small ?? []).length === 0
      ? ""
      : `<sub>${(answer.small ?? []).map((part) => prose(part, 300)).join(" · ")}</sub>`,
  ];
  const page = (sections: readonly string[]) =>
    [...head, ...sections, ...foot].filter((part) => part !== "").join("\n\n");
  for (const rows of ROWS) {
    const whole = page((answer.sections ?? []).map((section) => sectionMarkdown(section, rows)));
    if (whole.length <= limit) return whole;
  }
  return page(["Its tables do not fit here."]);
}

/** Addresses come from GitHub's API; anything that could end the link early is not shown as one. */
function linkTo(link: Answer["link"]): string {
  if (link === undefined || !/^https?:\/\/[\w.:/?=&%#@-]+$/.test(link.url)) return "";
  return `See [${prose(link.text, 100)}](${link.url}).`;
}
