import type { Octokit } from "@octokit/rest";
import pc from "picocolors";
import { readMarkdown } from "./read-markdown.ts";

interface Seen {
  body: string;
}

/** Tells what a person who watches a pull request sees of it, as it comes: new and edited comments, checks, deployments. */
export function watchConversation(
  octokit: Octokit,
  repository: { owner: string; repo: string },
  { width, colour, write }: { width: number; colour: boolean; write(text: string): void },
) {
  const colours = pc.createColors(colour);
  const comments = new Map<number, Seen>();
  const checks = new Map<number, string>();
  const indent = (text: string) => text.replace(/^(?=.)/gm, "  ");

  return {
    /** Tells what is new on an issue or a pull request since it was last looked at. */
    async look(number: number): Promise<void> {
      const { data } = await octokit.rest.issues.listComments({ ...repository, issue_number: number, per_page: 100 });
      for (const { id, body = "", user } of data) {
        const known = comments.get(id);
        if (known?.body === body) continue;
        comments.set(id, { body });
        const done = known === undefined ? "" : " edited the comment";
        const reader = { width: width - 2, colour };
        write(`\n${colours.cyan(colours.bold(user?.login ?? "somebody"))}${colours.dim(done)}\n`);
        write(`${indent(known === undefined ? readMarkdown(body, reader) : changed(known.body, body, reader))}\n`);
      }
      await this.lookAtChecks(number);
    },

    async lookAtChecks(number: number): Promise<void> {
      const pull = await octokit.rest.pulls.get({ ...repository, pull_number: number }).catch(() => undefined);
      if (pull === undefined) return;
      const ref = pull.data.head.sha;
      const { data } = await octokit.rest.checks.listForRef({ ...repository, ref, per_page: 100 });
      for (const { id, name, status, conclusion, output, app } of data.check_runs) {
        if (app?.slug !== "slipway") continue;
        const text = `${conclusion ?? status} ${output.title ?? ""}`;
        if (checks.get(id) === text) continue;
        checks.set(id, text);
        const mark = conclusion === null ? "•" : conclusion === "success" ? colours.green("✓") : colours.red("✗");
        write(`${mark} ${colours.bold(name)}: ${output.title ?? status}\n`);
      }
    },
  };
}

/** The blocks that an edit brought: what stayed the same is not told again. */
function changed(before: string, after: string, reader: { width: number; colour: boolean }): string {
  const old = new Set(before.split(/\n{2,}/));
  const blocks = after.split(/\n{2,}/).filter((block) => !old.has(block));
  return readMarkdown(blocks.join("\n\n"), reader);
}
