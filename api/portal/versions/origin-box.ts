import { html } from "hono/html";
import { lineageOf } from "../../../core/registry/lineage.ts";
import { bytesWords } from "../../../core/report/bytes-words.ts";
import { visibleText } from "../../../core/report/escape-text.ts";
import { lineageRows } from "../../../core/report/lineage-words.ts";
import { size } from "../../../core/report/size-words.ts";
import { counted } from "../../../core/report/verdict-words.ts";
import type { Html, PageRequest } from "../request/page.ts";
import { type Fact, factsHtml } from "../view/facts.ts";
import { commitLink, outsideLink, pathTo, pullLink } from "../view/links.ts";
import { timeHtml } from "../view/time.ts";
import type { ShownVersion } from "./load-version.ts";
import { runLink } from "./run-link.ts";

const LONGEST = 2_000;
const MOST_PARAGRAPHS = 20;

/** What a version came from, who registered it, and where its files are. */
export async function originBox({ host }: PageRequest, shown: ShownVersion): Promise<Html> {
  const { manifest, read, model, snapshot, allDecisions } = shown;
  const { source, imported, artifact, bytes, registered_at, registered_by, task, fingerprint } = manifest;
  const lineage = await lineageOf(snapshot, manifest, allDecisions);
  const rest = lineageRows(lineage).filter(([what]) => !LINKED.has(what));
  const facts: Fact[] = [
    ["Registered", html`${timeHtml(registered_at)} by ${visibleText(registered_by.name, 100)}`],
    ["Task", task],
    ...(imported ? [] : [["Commit", html`${commitLink(host, source.commit)} ${source.spec}`] as Fact]),
    ...(source.pull_request === undefined ? [] : [["Pull request", pullLink(host, source.pull_request)] as Fact]),
    ...(lineage.run === undefined ? [] : [["Run", runLink(host, lineage.run)] as Fact]),
    ...(lineage.run_link === undefined
      ? []
      : [["Run’s page", outsideLink(lineage.run_link, visibleText(lineage.run_link, 200))] as Fact]),
    ...rest.slice(0, 30).map(([what, value]): Fact => [capital(what), shortDigests(visibleText(value, 400))]),
    [
      "Files",
      imported?.download === undefined
        ? `${size(artifact.size)} in ${counted(artifact.files.length, "file")}`
        : html`at ${outsideLink(imported.download, visibleText(imported.download, 200))}, and not in the store`,
    ],
    ...(bytes === undefined ? [] : [["Bytes", bytesWords(bytes)] as Fact]),
    ...(imported ? [] : [["Fingerprint", html`<code>${fingerprint.slice(0, 12)}</code>`] as Fact]),
    ...Object.entries(read.metadata?.tags ?? {})
      .slice(0, 50)
      .map(([key, value]): Fact => [visibleText(key, 100), visibleText(value, 300)]),
  ];
  const said = read.metadata?.description ?? manifest.description;
  return html`<section class="box"><h2>Where it comes from</h2>${said === undefined ? "" : paragraphs(said)}${factsHtml(facts)}<p><a href="${pathTo(host, ["lineage"], { model: model.displayName })}">Lineage</a></p></section>`;
}

/** Those that stand above with a link. */
const LINKED: ReadonlySet<string> = new Set(["source", "pull request", "run", "link"]);

const shortDigests = (text: string) => text.replace(/\b[0-9a-f]{64}\b/g, (digest) => digest.slice(0, 12));

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** People write paragraphs: their ends are kept, and nothing else of their form. */
function paragraphs(text: string): Html {
  const written = text.split(/\n\s*\n/).filter((each) => each.trim() !== "");
  return html`${written.slice(0, MOST_PARAGRAPHS).map((each) => html`<p>${visibleText(each, LONGEST)}</p>`)}`;
}
