import { readFile } from "node:fs/promises";
import type { Context } from "hono";
import { html } from "hono/html";
import { git } from "../../../core/git/run.ts";
import { readCommits } from "../git/commits.ts";
import { commitOf, SERVER_ENVIRONMENT } from "../git/run.ts";
import { forkPoint } from "../pulls/refresh.ts";
import type { SandboxServer } from "../server.ts";
import type { Repo, State } from "../state.ts";
import { findRepo } from "../world/repositories.ts";
import { pullPage, stateOf } from "./pull-page.ts";

/** A page loads its own style, and pictures from this machine; nothing runs, nothing is sent anywhere. */
const POLICY =
  "default-src 'none'; style-src 'self'; img-src 'self' http://127.0.0.1:*; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const TYPES: Readonly<Record<string, string>> = {
  svg: "image/svg+xml",
  png: "image/png",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  gif: "image/gif",
  webp: "image/webp",
};

/** Pages to read, for whoever can reach this address: there are no sessions here, and private repositories show, too. */
export function servePages(server: SandboxServer, state: State): void {
  server.get("/page.css", async (context) => {
    const style = await readFile(new URL("page.css", import.meta.url), "utf8");
    return context.body(style, 200, { "content-type": "text/css; charset=utf-8" });
  });
  server.get("/:owner/:repo", (context) => {
    const repo = repoOf(state, context);
    if (repo === undefined) return context.notFound();
    const pulls = [...repo.pulls.values()].reverse();
    const items = pulls.map(
      (pull) => html`<li><span class="badge ${stateOf(pull)}">${stateOf(pull)}</span>
        <a href="/${repo.fullName}/pull/${pull.number}">${pull.issue.title}</a> <span class="quiet">#${pull.number} by ${pull.issue.user.login}</span></li>`,
    );
    return layout(
      context,
      repo.fullName,
      html`<h1>${repo.fullName}</h1><h2>Pull requests</h2><ul class="plain">${items}</ul>`,
    );
  });
  server.get("/:owner/:repo/pull/:number{\\d+}", async (context) => {
    const repo = repoOf(state, context);
    const pull = repo?.pulls.get(Number(context.req.param("number")));
    if (repo === undefined || pull === undefined) return context.notFound();
    const commits = await readCommits(repo.folder, [`${await forkPoint(repo, pull)}..${pull.head.sha}`]);
    return layout(context, `${pull.issue.title} #${pull.number}`, pullPage(repo, pull, commits));
  });
  server.get("/:owner/:repo/raw/:path{.+}", (context) => serveRaw(context, repoOf(state, context)));
  server.get("/:owner/:repo/blob/:path{.+}", (context) => serveRaw(context, repoOf(state, context)));
}

function repoOf(state: State, context: Context): Repo | undefined {
  return findRepo(state, `${context.req.param("owner")}/${context.req.param("repo")}`);
}

function layout(context: Context, title: string, body: ReturnType<typeof html>) {
  context.header("content-security-policy", POLICY);
  return context.html(html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${title}</title><link rel="stylesheet" href="/page.css"></head>
<body><p class="stand-in">A stand-in for GitHub on this machine: for tests and demonstrations, to read only.</p><main>${body}</main></body></html>`);
}

/** A file of a branch or commit. Its first part that names one is it: branches may have slashes in their names. */
async function serveRaw(context: Context, repo: Repo | undefined) {
  const parts = (context.req.param("path") ?? "").split("/");
  for (let length = 1; repo !== undefined && length < parts.length; length += 1) {
    const commit = await commitOf(repo.folder, parts.slice(0, length).join("/"));
    if (commit === undefined) continue;
    const path = parts.slice(length).join("/");
    const bytes = await git(repo.folder, ["cat-file", "blob", `${commit}:${path}`], { env: SERVER_ENVIRONMENT }).catch(
      () => undefined,
    );
    if (bytes === undefined) break;
    const type = TYPES[path.split(".").at(-1) ?? ""] ?? "text/plain; charset=utf-8";
    const policy = "default-src 'none'; style-src 'unsafe-inline'; sandbox";
    const headers = { "content-type": type, "content-security-policy": policy, "x-content-type-options": "nosniff" };
    return context.body(new Uint8Array(bytes), 200, headers);
  }
  return context.notFound();
}
