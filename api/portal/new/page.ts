import { html } from "hono/html";
import { TEMPLATES } from "../../../core/new-model/templates.ts";
import { openCommit } from "../../../core/source/commit.ts";
import { readPolicyShown } from "../policy/effective.ts";
import type { Html, Page, PageRequest } from "../request/page.ts";
import { tokenField } from "../view/act-form.ts";
import { placeFor } from "./place.ts";
import { tablePreview } from "./table-preview.ts";
import { templatePreview } from "./template-preview.ts";
import { findUpload } from "./uploads.ts";

const ABOUT = { title: "New model", tab: "new" } as const;

/** `/new`: a model from a person's own table or from a template; with either in the address, its preview. */
export async function newPage(request: PageRequest): Promise<Page> {
  const { host, query, visitor, now } = request;
  const shown = await readPolicyShown(host);
  if (shown === undefined)
    return {
      ...ABOUT,
      body: html`<h1>New model</h1><p class="empty">The repository has no commit yet. <code>slipway init</code> makes a first one, with a model.</p>`,
    };
  const { packageRoot } = host;
  if (packageRoot === undefined)
    return {
      ...ABOUT,
      body: html`<h1>New model</h1><p class="empty">This server has no templates. <code>slipway init</code> begins a model from a terminal.</p>`,
    };
  const name = query.get("name")?.trim() || undefined;
  const [csv, template] = [query.get("csv"), query.get("template")];
  if (csv !== null) {
    const upload = findUpload(visitor, csv, now);
    if (upload === undefined)
      return { ...ABOUT, status: 404, body: start(request, "That table is not here any more: bring it again.") };
    const place = await placeFor(host, shown.commit, name ?? "");
    return { ...ABOUT, ...(await tablePreview(request, { upload, place, packageRoot, name: name ?? "" })) };
  }
  const known = TEMPLATES.find((each) => each === template);
  if (known !== undefined) {
    const place = await placeFor(host, shown.commit, name ?? known);
    const tree = openCommit(host.ports.objects, shown.commit);
    return {
      ...ABOUT,
      ...(await templatePreview(request, { template: known, tree, place, packageRoot, name: name ?? known })),
    };
  }
  return { ...ABOUT, body: start(request) };
}

const SAYS: Readonly<Record<(typeof TEMPLATES)[number], string>> = {
  penguins: "classes, in Node: a random forest of packages",
  diabetes: "a number, in Python: scikit-learn",
  rain: "yes or no, in Node without packages; with labels that come later, and monitoring",
  empty: "a spec alone, to be filled in",
};

function start(request: PageRequest, said?: string): Html {
  const { host, now } = request;
  const choices = TEMPLATES.map((name) => html`<option value="${name}">${name}: ${SAYS[name]}</option>`);
  return html`<h1>New model</h1>${said === undefined ? "" : html`<p class="warning" role="alert">${said}</p>`}
<div class="grid"><section class="box"><h2>From a table of yours</h2>
<p>A CSV file with a row for each example, one of its columns to be predicted. What it holds is counted, label, split, metrics and gates are guessed, and you see every file before anything is written.</p>
<form method="post" action="${host.base}/new" enctype="multipart/form-data">${tokenField(request, now)}<label for="file">CSV file, at most 25 MB</label><p><input id="file" name="file" type="file" accept=".csv,.tsv,.txt,text/csv" required></p><button class="primary">Look at it</button></form></section>
<section class="box"><h2>From a template</h2><p>A whole example that runs as it is.</p>
<form method="get" action="${host.base}/new"><label for="template">Template</label><p><select id="template" name="template">${choices}</select></p><label for="name">Name of the model</label><p><input id="name" name="name" maxlength="100" placeholder="churn-eu" autocomplete="off"></p><button>Look at it</button></form></section></div>`;
}
