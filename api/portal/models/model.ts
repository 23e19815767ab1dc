import { html } from "hono/html";
import type { CatalogModel } from "../../../core/registry/catalog.ts";
import { readSnapshot } from "../../../core/registry/snapshot.ts";
import { scalarMetrics } from "../../../core/report/scalar-metrics.ts";
import { decidingMetrics } from "../model-index/deciding-metrics.ts";
import type { ListedVersion } from "../model-index/listed-version.ts";
import { type IndexedModel, modelIndex } from "../model-index/open-index.ts";
import type { Setup } from "../model-index/setup.ts";
import type { Answer, Html, PageRequest } from "../request/page.ts";
import { pathTo } from "../view/links.ts";
import { cardVersion, descriptionHtml } from "./card.ts";
import { modelFacts } from "./facts.ts";
import { knownHere } from "./known-here.ts";
import { holdNote, manageForms, promoteForm } from "./manage-forms.ts";
import { stagesInOrder } from "./stage-badges.ts";
import { loadStage, type StageShown, stageBox } from "./stage-box.ts";
import { trendPoints } from "./trend-chart.ts";
import { loadVersions, versionsTable } from "./versions-table.ts";
import { waitingBox } from "./waiting-box.ts";

const LONGEST_DESCRIPTION = 3_000;
const MOST_METRICS = 4;
const MOST_CHARTS = 2;

/** `/m/NAME`: what is live and why, the versions, and what can be done about it. */
export async function modelPage(request: PageRequest): Promise<Answer> {
  const { host } = request;
  const catalog = await request.catalog();
  const model = knownHere(request, catalog);
  if ("to" in model) return model;
  const index = modelIndex(host);
  const [setup, indexed, standings] = [
    await index.setup(),
    await index.models(catalog),
    await index.standings(catalog),
  ];
  const snapshot = await readSnapshot(host.ports.objects, catalog.commit);
  const [listed, stages] = await Promise.all([
    loadVersions(request, model),
    Promise.all(
      shownStages(model, setup).map((stage) =>
        loadStage({ catalog, snapshot, model }, stage, setup.policy.deploy?.[stage]?.url),
      ),
    ),
  ]);
  const { newest, waiting } = indexed.find((each) => each.model === model) as IndexedModel;
  const metrics = metricsOf(listed.versions, stages);
  const { displayName, record } = model;
  const described = record.description ?? listed.versions[0]?.description ?? newest?.description;
  const registered = new Set(listed.versions.map(({ source }) => source.pull_request));
  const named = await index.pulls();
  const pulls = (named.get(displayName) ?? named.get(model.name) ?? []).filter((pull) => !registered.has(pull));
  const about = { owner: setup.owner(model), standing: standings.of(model), pulls };
  const body = html`<h1>${displayName}${record.deprecated === undefined ? "" : html` <span class="badge bad">deprecated</span>`}</h1>
${descriptionHtml(described ?? "", LONGEST_DESCRIPTION)}
${holdNote(model)}
<div class="grid">${stages.map((stage) => stageBox(request, model, stage))}</div>
${waitingBox(request, model, waiting)}
<div class="grid"><section class="box"><h2>About</h2>${modelFacts(request, model, about)}${record.latest_version === 0 ? "" : html`<a href="${pathTo(host, ["m", displayName, "card"])}">Model card of version ${cardVersion(model, setup.stages)}</a>`}</section>
${promoteForm(request, model, setup.stages)}</div>
${charts(request, model, listed.versions, metrics)}
<h2>Versions</h2>${versionsTable(request, model, listed, metrics)}
${manageForms(request, model)}`;
  return { title: displayName, tab: "models", body };
}

/** The policy's stages, the one that counts most first, and whatever else holds a version. */
function shownStages(model: CatalogModel, { stages }: Setup): string[] {
  const others = stagesInOrder(model, stages).filter((stage) => !stages.includes(stage));
  return [...[...stages].reverse(), ...others];
}

/** What decided on what is live, then on the newest version. */
function metricsOf(versions: readonly ListedVersion[], stages: readonly StageShown[]): string[] {
  const gates = [...stages.flatMap(({ judged }) => judged?.gates ?? []), ...(versions[0]?.gates ?? [])];
  const names = [
    ...new Set(versions.flatMap(({ evaluation }) => scalarMetrics(evaluation.metrics).map(([name]) => name))),
  ];
  return decidingMetrics(gates, names, MOST_METRICS);
}

/** Deciding metrics over versions; the table below has the same numbers. */
function charts(
  { host }: PageRequest,
  model: CatalogModel,
  versions: readonly ListedVersion[],
  metrics: readonly string[],
): Html {
  const { displayName } = model;
  const drawn = metrics.filter((metric) => versions.flatMap((each) => trendPoints(model, each, metric)).length > 1);
  const images = drawn
    .slice(0, MOST_CHARTS)
    .map(
      (metric) =>
        html`<img class="chart" loading="lazy" width="640" height="280" src="${pathTo(host, ["charts", "trend.svg"], { model: displayName, metric })}" alt="${metric} by version: the table of versions has the numbers">`,
    );
  return images.length === 0 ? html`` : html`<div class="grid">${images}</div>`;
}
