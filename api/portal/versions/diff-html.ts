import { html } from "hono/html";
import type { Html } from "../request/page.ts";

const LONGEST_LINE = 400;
const MOST_LINES = 1_500;

/** Git's unified form, line by line: a sign and a colour each. Nothing in a line is hidden, and none turns the order of what is read. */
export function diffHtml(text: string): Html {
  const lines = text.split("\n").slice(0, MOST_LINES);
  return html`<div class="scroll" role="region" aria-label="Changed lines" tabindex="0"><pre class="diff">${lines.map(lineHtml)}</pre></div>`;
}

function lineHtml(line: string): Html | "" {
  if (NOISE.test(line)) return "";
  const kind = kindOf(line);
  const shown = visible(line);
  return kind === undefined
    ? html`${shown}
`
    : html`<span class="${kind}">${shown}
</span>`;
}

/** What a reader does not need: both sides' names stand in the line before. */
const NOISE = /^(?:index [0-9a-f]|--- |\+\+\+ )/;

function kindOf(line: string): string | undefined {
  if (line.startsWith("diff --git ")) return "file";
  if (line.startsWith("@@")) return "hunk";
  if (line.startsWith("+")) return "added";
  return line.startsWith("-") ? "removed" : undefined;
}

function visible(line: string): string {
  const shown = line.slice(0, LONGEST_LINE).replace(/[^\P{Cc}\t]|[\p{Cf}\p{Cs}\p{Co}]/gu, "\ufffd");
  return line.length > LONGEST_LINE ? `${shown}…` : shown;
}
