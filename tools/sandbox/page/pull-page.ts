import { html, raw } from "hono/html";
import type { CheckRun, Comment, Commit, Deployment, Pull, Reaction, Repo } from "../state.ts";
import { renderMarkdown } from "./markdown.ts";

type Html = ReturnType<typeof html>;

const FACES: Readonly<Record<Reaction["content"], string>> = {
  "+1": "👍",
  "-1": "👎",
  laugh: "😄",
  confused: "😕",
  heart: "❤️",
  hooray: "🎉",
  rocket: "🚀",
  eyes: "👀",
};

export const stateOf = ({ issue, mergedAt }: Pull) => (mergedAt === null ? issue.state : "merged");

/** All that a pull request holds, to read: what was said, its commits, its checks, and what was deployed. */
export function pullPage(repo: Repo, pull: Pull, commits: readonly Commit[]): Html {
  const { issue, head, base, number } = pull;
  const from = head.repo === repo ? head.ref : `${head.repo.owner.login}:${head.ref}`;
  const said = [...repo.comments.values()].filter((comment) => comment.issue === issue);
  const checks = [...repo.checks.values()].filter(({ suite }) => suite.headSha === head.sha);
  const newest = checks.filter(
    (check) => checks.findLast((one) => one.name === check.name && one.suite.app === check.suite.app) === check,
  );
  return html`
    <p><a href="/${repo.fullName}">${repo.fullName}</a></p>
    <h1>${issue.title} <span class="quiet">#${number}</span></h1>
    <p><span class="badge ${stateOf(pull)}">${stateOf(pull)}</span> <b>${issue.user.login}</b> wants to merge
      <code>${from}</code> into <code>${base.ref}</code></p>
    ${post(issue.user.login, "opened this", issue.createdAt, issue.body ?? "*No description.*")}
    <h2>Commits</h2>
    <ul class="plain">${commits.map((commit) => html`<li><code>${commit.id.slice(0, 7)}</code> ${commit.message.split("\n")[0]} <span class="quiet">by ${commit.author.name}</span></li>`)}</ul>
    <h2>Checks on <code>${head.sha.slice(0, 7)}</code></h2>
    ${newest.length === 0 ? html`<p class="quiet">None.</p>` : newest.map(showCheck)}
    <h2>Conversation</h2>
    ${said.length === 0 ? html`<p class="quiet">Nobody said anything.</p>` : said.map(showComment)}
    <h2>Deployments of this repository</h2>
    ${repo.deployments.size === 0 ? html`<p class="quiet">None.</p>` : [...repo.deployments.values()].reverse().map(showDeployment)}`;
}

function post(who: string, did: string, at: string, body: string, after: Html | "" = ""): Html {
  return html`<article class="card"><header><b>${who}</b> <span class="quiet">${did} ${at}</span></header>
    <div>${raw(renderMarkdown(body))}${after}</div></article>`;
}

function showComment({ user, createdAt, updatedAt, body, reactions }: Comment): Html {
  const did = createdAt === updatedAt ? "commented" : "commented (edited)";
  const faces = reactions.map(({ content, user: by }) => html`<span title="${by.login}">${FACES[content]}</span> `);
  return post(user.login, did, createdAt, body, html`<p>${faces}</p>`);
}

function showCheck({ name, suite, status, conclusion, output, annotations, actions }: CheckRun): Html {
  const state = conclusion ?? status;
  const notes = annotations.map(
    (note) =>
      html`<li><b class="${note.annotation_level}">${note.annotation_level}</b> <code>${note.path}:${note.start_line}</code> ${note.title ?? ""} ${note.message}</li>`,
  );
  const buttons = actions.map(
    ({ label, description }) => html`<span class="button" title="${description}">${label}</span>`,
  );
  return html`<details class="card"${state === "success" ? "" : raw(" open")}><summary><span class="badge ${state}">${state}</span> <b>${name}</b>
    <span class="quiet">${suite.app.slug}</span> ${output.title ?? ""}</summary>
    <div>${raw(renderMarkdown(output.summary ?? ""))}${raw(renderMarkdown(output.text ?? ""))}<ul class="plain">${notes}</ul>${buttons}</div></details>`;
}

function showDeployment({ environment, sha, ref, creator, description, statuses }: Deployment): Html {
  const state = statuses.at(-1)?.state ?? "pending";
  return html`<p><span class="badge ${state}">${state}</span> <b>${environment}</b> <code>${ref}</code> at <code>${sha.slice(0, 7)}</code>
    by ${creator.login} <span class="quiet">${description ?? ""}</span></p>`;
}
