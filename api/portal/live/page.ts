import { html } from "hono/html";
import { SlipwayError } from "../../../core/errors.ts";
import { formatNumber } from "../../../core/gates/number-words.ts";
import { driftOverTime, driftTable } from "../../../core/report/drift-over-time.ts";
import { visibleText } from "../../../core/report/escape-text.ts";
import { monitorHistory } from "../../../core/report/monitor-history.ts";
import { stateWords } from "../../../core/report/monitor-report.ts";
import {
  driftSection,
  estimateSection,
  metricsSection,
  ruleSection,
  volumeSection,
} from "../../../core/report/monitor-sections.ts";
import type { Section } from "../../../core/report/report.ts";
import { windowWords } from "../../../core/report/window-words.ts";
import { knownHere } from "../models/known-here.ts";
import type { Answer, Html, PageRequest } from "../request/page.ts";
import { fitSections } from "../view/fit-sections.ts";
import { commitLink, modelPath, pathTo, versionPath } from "../view/links.ts";
import { mistakeHtml } from "../view/mistake.ts";
import { sectionHtml } from "../view/section.ts";
import { timeHtml } from "../view/time.ts";
import { alarmsBox, recordLink } from "./alarms-box.ts";
import { liveCharts, MOST_SUBJECTS } from "./live-charts.ts";
import { liveForms } from "./live-forms.ts";
import { type Live, loadLive } from "./load-live.ts";
import { nothingYet } from "./nothing-yet.ts";
import { picksForm } from "./picks-form.ts";

const LOOKS = { quiet: "good", alarmed: "bad", clearing: "warn", unwatched: "", idle: "" } as const;
/** Bytes of tables: a page with forms and pictures stays below a hundred thousand. */
const MOST_BYTES = 60_000;
const NEWEST = 10;

/** `/m/NAME/live`: what a model answers, held against what it was trained on and what it has to hold. */
export async function livePage(request: PageRequest): Promise<Answer> {
  const { host } = request;
  const catalog = await request.catalog();
  const model = knownHere(request, catalog, ["live"]);
  if ("to" in model) return model;
  const { displayName } = model;
  const live = await loadLive(request, catalog, model).catch((error: unknown) => {
    if (error instanceof SlipwayError && error.code === "USAGE") return error;
    throw error;
  });
  const head = html`<h1><a href="${modelPath(host, displayName)}">${displayName}</a>, live</h1>`;
  if (live instanceof SlipwayError) {
    const body = html`${head}${mistakeHtml(live)}<p><a href="${pathTo(host, ["m", displayName, "live"])}">All windows</a></p>`;
    return { title: `${displayName}, live`, tab: "models", body, status: 400 };
  }
  const body = html`${head}${nothingYet(request, live) ?? found(request, live)}`;
  return { title: `${displayName}, live`, tab: "models", body };
}

function found(request: PageRequest, live: Live): Html {
  const { state, shown } = live;
  const { snoozed } = state;
  return html`<p><span class="badge ${LOOKS[state.state]}">${state.state}</span> ${visibleText(stateWords(state), 300)}</p>
${snoozed === undefined ? "" : html`<p class="quiet">${visibleText(snoozed.by.name, 80)} snoozed its alarms until ${timeHtml(snoozed.until)}: ${visibleText(snoozed.reason, 500)}</p>`}
${alarmsBox(request, live)}${picksForm(request, live)}
${shown.length === 0 ? html`<p class="empty">No window is like that.</p>` : windows(request, live)}${liveForms(request, live)}`;
}

function windows(request: PageRequest, live: Live): Html {
  const { model, leading, shown, looks, spec, last, labelled, bars } = live;
  const [newest, drift] = [[...shown].reverse(), driftOverTime(leading, spec, MOST_SUBJECTS)];
  const history = monitorHistory(model.displayName, [...shown], spec).sections;
  const of = (pictures: readonly string[], sections: readonly Section[]) => ({ pictures, sections });
  const barPictures = [...liveCharts(live).keys()].filter((name) => name.startsWith("bar-"));
  const parts = [
    of(barPictures, [...bars, ...(labelled === undefined ? [] : metricsSection(labelled))]),
    of(
      ["heat"],
      [
        ...driftTable(drift, NEWEST),
        ...(last === undefined ? [] : [...driftSection(last, spec), ...ruleSection(last), ...estimateSection(last)]),
      ],
    ),
    of(["volume", "latency"], volumeSection(newest)),
    of(
      [],
      history.map((section) => ({ ...section, title: "All windows that are shown", folded: true })),
    ),
  ];
  const fitted = fitSections(
    parts.flatMap(({ sections }) => sections),
    MOST_BYTES,
    "`slipway monitor --history` has all.",
  );
  let at = 0;
  const cut =
    looks > shown.length
      ? html`<p class="quiet">The newest ${formatNumber(shown.length)} of ${looks} looks are shown: pick a time to see others.</p>`
      : "";
  return html`${cut}${parts.map(({ pictures, sections }) => {
    const mine = fitted.slice(at, at + sections.length);
    at += sections.length;
    return html`${chartsHtml(request, live, pictures)}${mine.map(sectionHtml)}`;
  })}${lookedAt(request, live)}`;
}

function chartsHtml({ host, query }: PageRequest, live: Live, names: readonly string[]): Html {
  const charts = liveCharts(live);
  const picked = Object.fromEntries(["version", "from", "to"].map((name) => [name, query.get(name) ?? undefined]));
  const images = names.flatMap((of) => {
    const chart = charts.get(of);
    if (chart === undefined) return [];
    const src = pathTo(host, ["charts", "live.svg"], { model: live.model.displayName, of, ...picked });
    return [
      html`<img class="chart" src="${src}" alt="${visibleText(chart.words, 200)}" width="640" height="${chart.height}">`,
    ];
  });
  return html`<div class="grid">${images}</div>`;
}

/** Who looked at the window that is shown at length, which version answered, and where its record is. */
function lookedAt({ host }: PageRequest, live: Live): Html | "" {
  const { last, model, monitoring } = live;
  if (last === undefined) return "";
  const { window, version, by, looked_at, run } = last;
  return html`<p class="quiet">Shown at length: the window ${windowWords(window)}, answered by <a href="${versionPath(host, model.displayName, version)}">version ${version}</a>; looked at by ${visibleText(by.name, 80)}${run === undefined ? "" : ` in run ${visibleText(run, 100)}`} ${timeHtml(looked_at)}.${recordLink(host, live, version, window.from)}${monitoring === undefined ? "" : html` All as of ${commitLink(host, monitoring)} of the branch <code>monitoring</code>.`} <a href="${pathTo(host, ["timeline"], { branch: "monitoring", model: model.displayName })}">Every look</a></p>`;
}
