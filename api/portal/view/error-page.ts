import { html } from "hono/html";
import { expectedAndFound, type ReasonCode, SlipwayError } from "../../../core/errors.ts";
import type { Problem } from "../../../schemas/problem.ts";
import type { Page } from "../request/page.ts";

type Status = NonNullable<Page["status"]>;

const STATUS: Partial<Record<ReasonCode, Status>> = {
  MODEL_UNKNOWN: 404,
  VERSION_UNKNOWN: 404,
  REQUEST_UNKNOWN: 404,
  RUN_UNKNOWN: 404,
  ARTIFACT_MISSING: 404,
  NOT_FOUND: 404,
  FILE_TOO_LARGE: 413,
  REGISTRY_MOVED: 503,
  LOCKED: 503,
  STORE_TIMEOUT: 503,
};
const KINDS = { refused: 403, input: 400, broken: 500 } as const;
const MOST_PROBLEMS = 20;

/** What a person is told of an error, with the code that the command line gives for it. Of a bug: only that there is one. */
export function errorPage(error: unknown): Page {
  if (!(error instanceof SlipwayError)) {
    const message = "Slipway itself went wrong. Its server's log says how.";
    return messagePage({ code: "INTERNAL", message }, 500);
  }
  const { code, message, kind, problems } = error;
  const shown = problems.slice(0, MOST_PROBLEMS);
  const [first] = shown;
  const page = messagePage({ ...first, code, message }, STATUS[code] ?? KINDS[kind]);
  if (shown.length < 2) return page;
  return {
    ...page,
    body: html`${page.body}<ul>${shown.map((problem) => html`<li>${placeOf(problem)}${problem.message}</li>`)}</ul>`,
  };
}

/** A page that says what is wrong and what to do, and its code. */
export function messagePage(problem: Problem, status: Status): Page {
  const { code, message, hint } = problem;
  const details = expectedAndFound(problem);
  const body = html`<h1>${message}</h1>
${details === "" ? "" : html`<p>${placeOf(problem)}${details}</p>`}
${hint === undefined ? "" : html`<p>${hint}</p>`}
<p class="quiet"><code>${code}</code></p>`;
  return { title: message, body, status, problem };
}

function placeOf({ file, line, column }: Problem): string {
  return file === undefined ? "" : `${[file, line, column].filter((part) => part !== undefined).join(":")}: `;
}
