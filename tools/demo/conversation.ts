import type { Octokit } from "@octokit/rest";
import pc from "picocolors";
import { readMarkdown } from "./read-markdown.ts";

/** Tells what a person who watches a pull request sees of it, as it comes: new and edited comments, checks, deployments. */
export function watchConversation(
  octokit: Octokit,
  repository: { owner: string; repo: string },
  { width, colour, write }: { width: number; colour: boolean; write(text: string): void },
) {
  const colours = pc.createColors(colour);
  const comments = new Map<number, string>();
  const checks = new Map<number, string>();
  const indent = (text: string) => text.replace(/^(?=.)/gm, "  ");

  return {
    /** Tells what is new on an issue or a pull request since it was last looked at. */
    async look(number: number): Promise<void> {
      const { data } = await octokit.rest.issues.listComments({ ...repository, issue_number: number, per_page: 100 });
      const fresh = data.filter(({ id, body }) => comments.get(id) !== body);
      // What people said comes before what followed from it.
      const said = fresh.filter(({ id }) => !comments.has(id));
      for (const { id, body = "", user } of [...said, ...fresh.filter(({ id }) => comments.has(id))]) {
        const before = comments.get(id);
        comments.set(id, body);
        const shown = before === undefined ? body : changed(before, body);
        const text = readMarkdown(shown, { width: width - 2, colour });
        if (text === "") continue;
        const done = before === undefined ? "" : " edited the comment";
        write(`\n${colours.cyan(colours.bold(user?.login ?? "somebody"))}${colours.dim(done)}\n${indent(text)}\n`);
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

/** The blocks that an edit brought: what stayed the same is not told again, nor is what stands below every comment. */
function changed(before: string, after: string): string {
  const blocks = (text: string) => text.split(/(<details>[\s\S]*?<\/details>(?=\s*(?:<details>|<sub>|$)))|\n{2,}/);
  const old = new Set(blocks(before));
  const fresh = blocks(after).filter((block) => block !== undefined && !old.has(block) && !block.startsWith("<sub>"));
  return fresh.join("\n\n");
}
