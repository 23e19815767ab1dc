import { html } from "hono/html";
import { evaluatedVersion } from "../../../core/acts/registered.ts";
import { SlipwayError } from "../../../core/errors.ts";
import type { CatalogModel } from "../../../core/registry/catalog.ts";
import { lineageOf } from "../../../core/registry/lineage.ts";
import type { RegistrySnapshot } from "../../../core/registry/registry.ts";
import { readSnapshot } from "../../../core/registry/snapshot.ts";
import { visibleText } from "../../../core/report/escape-text.ts";
import {
  type CardFacts,
  cardDescription,
  cardSections,
  cardTitle,
  modelCard,
  paragraphs,
} from "../../../core/report/model-card.ts";
import { modelIndex } from "../model-index/open-index.ts";
import type { Answer, Html, PageRequest } from "../request/page.ts";
import { modelPath, pathTo, versionPath } from "../view/links.ts";
import { sectionHtml } from "../view/section.ts";
import { knownHere } from "./known-here.ts";
import { stagesInOrder } from "./stage-badges.ts";

const LONGEST_PARAGRAPH = 2_000;
const LONGEST_DESCRIPTION = 10_000;
/** Rows of a table, of which a card may have ten. */
const MOST_ROWS = 30;

/** The version that a model's card is of: what is live in the last stage that holds one, or else the latest. */
export function cardVersion(model: CatalogModel, stages: readonly string[]): number {
  const stage = stagesInOrder(model, stages).at(-1);
  return (stage === undefined ? undefined : model.record.stages[stage]?.version) ?? model.record.latest_version;
}

/** `/m/NAME/card`: the model's card; `?as=markdown` is the same text that `slipway card` prints, to keep. */
export async function cardPage(request: PageRequest): Promise<Answer> {
  const { host, query } = request;
  const catalog = await request.catalog();
  const model = knownHere(request, catalog, ["card"]);
  if ("to" in model) return model;
  const { stages } = await modelIndex(host).setup();
  const snapshot = await readSnapshot(host.ports.objects, catalog.commit);
  const facts = await cardFacts(snapshot, model, cardVersion(model, stages));
  if (query.get("as") === "markdown")
    return { name: `${model.displayName}.md`, type: "text/markdown; charset=utf-8", body: modelCard(facts) };
  const { displayName } = model;
  const body = html`<h1>${cardTitle(facts)}</h1>
<p><a href="${modelPath(host, displayName)}">${displayName}</a> · <a href="${versionPath(host, displayName, facts.manifest.version)}">Version ${facts.manifest.version}</a> · <a href="${pathTo(host, ["m", displayName, "card"], { as: "markdown" })}">As Markdown</a></p>
${descriptionHtml(cardDescription(facts))}${cardSections(facts).map((section) => sectionHtml(shortened(section)))}`;
  return { title: cardTitle(facts), tab: "models", body };
}

async function cardFacts(
  snapshot: RegistrySnapshot,
  { name: model, record }: CatalogModel,
  version: number,
): Promise<CardFacts> {
  const found = await evaluatedVersion(snapshot, model, version);
  if (found === undefined) throw new SlipwayError("VERSION_UNKNOWN", "No version of this model is registered yet");
  const { manifest } = found;
  const all = await snapshot.list("decision", model);
  return {
    ...{ record, manifest, lineage: await lineageOf(snapshot, manifest, all) },
    metadata: await snapshot.read({ kind: "metadata", model, version }),
    decisions: all.filter((decision) => decision.version === version),
  };
}

/** What somebody wrote, a paragraph each, and no more than so many characters. */
export function descriptionHtml(description: string, most = LONGEST_DESCRIPTION): Html {
  const cut = description.length > most ? `${description.slice(0, most)}…` : description;
  return html`${paragraphs(cut).map((each) => html`<p>${visibleText(each, LONGEST_PARAGRAPH)}</p>`)}`;
}

function shortened(section: ReturnType<typeof cardSections>[number]): typeof section {
  const { table, text } = section;
  if (table === undefined || table.rows.length <= MOST_ROWS) return section;
  const more = table.rows.length - MOST_ROWS;
  const { folds: _, ...rest } = table;
  return {
    ...section,
    text: [...text, `${more} more rows are in the Markdown.`],
    table: { ...rest, rows: table.rows.slice(0, MOST_ROWS) },
  };
}
