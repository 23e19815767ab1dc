import { existsSync } from "node:fs";
import { join } from "node:path";
import { html } from "hono/html";
import { deployFolder } from "../../../core/deploy/names.ts";
import { visibleText } from "../../../core/report/escape-text.ts";
import { counted } from "../../../core/report/verdict-words.ts";
import type { DataSet } from "../../../schemas/data-record.ts";
import type { Html, PageRequest } from "../request/page.ts";
import { type Fact, factsHtml } from "../view/facts.ts";
import { commitLink, outsideLink, pathTo, pullLink, versionPath } from "../view/links.ts";
import { timeHtml } from "../view/time.ts";
import type { ShownLineage } from "./load-lineage.ts";

const MOST_FILES = 10;
const MOST_DECISIONS = 50;

/** The same as the picture, with where each thing is. */
export function lineageList(request: PageRequest, of: ShownLineage): Html {
  return html`${dataBox(request, of)}${madeBox(request, of)}${decisionsBox(request, of)}${deployBox(request, of)}`;
}

function dataBox({ host }: PageRequest, { shown: { manifest } }: ShownLineage): Html {
  if (manifest.imported)
    return html`<section class="box"><h2>Data</h2><p>It was imported: nobody here knows what it was trained on.</p></section>`;
  const { train, test } = manifest.data;
  const file = ({ path, sha256, version }: DataSet["files"][number]) =>
    html`<li>${visibleText(path, 200)} <code>${sha256.slice(0, 12)}</code>${version === undefined ? "" : html` <span class="quiet">${visibleText(version, 80)}</span>`}</li>`;
  const set = (name: string, { sha256, rows, files }: DataSet) =>
    html`<h3>${name}</h3><p>${counted(rows, "row")}, <code title="${sha256}">${sha256.slice(0, 12)}</code> <a href="${pathTo(host, ["lineage"], { data: sha256 })}">Who uses it</a></p><ul>${files.slice(0, MOST_FILES).map(file)}</ul>${files.length > MOST_FILES ? html`<p class="quiet">${files.length - MOST_FILES} more files.</p>` : ""}`;
  return html`<section class="box"><h2>Data</h2>${train === undefined ? html`<p class="quiet">Nothing was trained on.</p>` : set("Training", train)}${set("Test", test)}<p class="quiet">A file of the repository is pinned by the commit, any other by <code>data.lock.json</code> beside the spec at that commit.</p></section>`;
}

function madeBox(request: PageRequest, { shown, lineage }: ShownLineage): Html {
  const { host } = request;
  const { manifest, model, version } = shown;
  const { artifact, parent, pull_request, source, spec, commit } = lineage;
  const facts: Fact[] = [
    ...(commit === undefined
      ? []
      : [["Commit", html`${commitLink(host, commit)} ${visibleText(spec ?? "", 200)}`] as Fact]),
    ...(source === undefined ? [] : [["Imported from", outsideLink(source, visibleText(source, 200))] as Fact]),
    ...(pull_request === undefined ? [] : [["Pull request", pullLink(host, pull_request)] as Fact]),
    ...(lineage.run === undefined ? [] : [["Run", runLink(request, lineage.run)] as Fact]),
    ...(lineage.run_link === undefined
      ? []
      : [["Run’s page", outsideLink(lineage.run_link, visibleText(lineage.run_link, 200))] as Fact]),
    ...(manifest.imported
      ? []
      : [
          [
            "Fingerprint",
            html`<code title="${manifest.fingerprint}">${manifest.fingerprint.slice(0, 12)}</code>`,
          ] as Fact,
        ]),
    [
      "Artifact",
      html`${artifact.from}${artifact.sha256 === undefined ? "" : html` <code title="${artifact.sha256}">${artifact.sha256.slice(0, 12)}</code>`}`,
    ],
    ...(parent === undefined
      ? []
      : [
          [
            parent.how === "copy" ? "A copy of" : "Made after",
            html`<a href="${versionPath(host, parent.model, parent.version)}">${visibleText(parent.model, 80)} version ${parent.version}</a>`,
          ] as Fact,
        ]),
    [
      "Version",
      html`<a href="${versionPath(host, model.displayName, version)}">${model.displayName} version ${version}</a>, registered ${timeHtml(manifest.registered_at)} by ${visibleText(manifest.registered_by.name, 80)}`,
    ],
  ];
  return html`<section class="box"><h2>How it was made</h2>${factsHtml(facts)}</section>`;
}

/** To the run's page, of a run on GitHub or one that this machine still has. */
function runLink({ host }: PageRequest, run: string): Html {
  const words = html`<code>${visibleText(run, 100)}</code>`;
  if (host.url !== undefined && /^\d{1,20}$/.test(run))
    return html`<a href="${host.url}/actions/runs/${run}">${words}</a>`;
  const isHere = host.runs !== undefined && /^[\w-]{1,100}$/.test(run) && existsSync(join(host.runs, run));
  return isHere ? html`<a href="${pathTo(host, ["experiments", "runs", run])}">${words}</a>` : words;
}

function decisionsBox({ host }: PageRequest, { shown }: ShownLineage): Html {
  const { decisions, model, version } = shown;
  const rows = [...decisions]
    .reverse()
    .slice(0, MOST_DECISIONS)
    .map(
      ({ stage, act, outcome, requested_by, decided_at, replaces }) =>
        html`<tr><td>${visibleText(stage, 50)}</td><td>${act} <span class="badge ${outcome === "refused" ? "bad" : "good"}">${outcome}</span></td><td>${visibleText(requested_by.name, 80)}</td><td class="nowrap">${timeHtml(decided_at)}</td><td class="num">${replaces ?? "–"}</td></tr>`,
    );
  const titles = ["Stage", "Decision", "Asked for by", "When", "In place of"];
  const table = html`<div class="scroll" role="region" aria-label="Decisions" tabindex="0"><table><thead><tr>${titles.map((title) => html`<th scope="col">${title}</th>`)}</tr></thead><tbody>${rows}</tbody></table></div>`;
  const none = html`<p class="quiet">Nobody asked for a stage yet.</p>`;
  return html`<section class="box"><h2>Decisions</h2>${rows.length === 0 ? none : table}<p><a href="${pathTo(host, ["timeline"], { model: model.displayName, version })}">Every act about it</a></p></section>`;
}

function deployBox({ host }: PageRequest, { shown, stays, deploy }: ShownLineage): Html {
  const live = stays.filter(({ isLive }) => isLive);
  if (live.length === 0)
    return html`<section class="box"><h2>Deployments</h2><p class="quiet">It is in no stage.</p></section>`;
  const item = (stage: string, deployment: string | undefined) => {
    const path = deployFolder(shown.model.name, stage);
    const tree = html`<code>${path}</code> at ${deploy === undefined ? "" : commitLink(host, deploy)}`;
    const described =
      deployment === undefined
        ? html`<span class="quiet">no branch <code>deploy</code> describes it</span>`
        : html`${tree}`;
    const page =
      host.url === undefined
        ? ""
        : html`, <a href="${host.url}/deployments/${encodeURIComponent(stage)}">GitHub’s deployments</a>`;
    return html`<li>${visibleText(stage, 50)}: ${described}${page}</li>`;
  };
  return html`<section class="box"><h2>Deployments</h2><ul>${live.map(({ stage, deployment }) => item(stage, deployment))}</ul></section>`;
}
