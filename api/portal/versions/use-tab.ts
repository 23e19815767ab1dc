import { html } from "hono/html";
import { stagesHolding } from "../../../core/report/registry-reports.ts";
import { keptProfile } from "../../../core/serving/warm-up.ts";
import { warmUpRows } from "../../../core/serving/warm-up-rows.ts";
import type { Html, PageRequest } from "../request/page.ts";
import type { ShownVersion } from "./load-version.ts";

/** Columns of an example that a page can hold. */
const MOST_COLUMNS = 200;
const SERVED = "http://127.0.0.1:8080";

/** Lines to copy that get at the version: each works as it stands. */
export async function useTab(request: PageRequest, shown: ShownVersion): Promise<Html> {
  const { read, model, manifest, version } = shown;
  if (read.distrust !== undefined) return html`<p class="empty">What must not be used has no line to use it by.</p>`;
  const { name } = model;
  const elsewhere = manifest.imported?.download !== undefined;
  const isMlflow = manifest.artifact.files.some(({ path }) => path === "MLmodel");
  const reference = JSON.stringify(`models:/${name}/${version}`);
  const python = isMlflow
    ? `import mlflow\nmodel = mlflow.pyfunc.load_model(${reference})`
    : `import mlflow\nfolder = mlflow.artifacts.download_artifacts(artifact_uri=${reference})`;
  return html`${
    elsewhere
      ? html`<p>Its files are not in the store: nothing here can bring them.</p>`
      : html`
${copyBox("pull", "Its files, checked against their digests", `slipway pull ${name}@${version}`)}
${copyBox("tracking", "MLflow’s client, first its address", trackingLine(request))}
${copyBox("load", isMlflow ? "then the model" : "then its files: no MLmodel is among them, so that MLflow cannot load them", python)}`
  }
${await servingLines(request, shown)}`;
}

/** On the App, the address that its clients ask; of a plain repository, what starts one and where that listens. */
function trackingLine({ host, origin }: PageRequest): string {
  if (host.base === "") return "slipway serve-registry &\nexport MLFLOW_TRACKING_URI=http://127.0.0.1:5000";
  return `export MLFLOW_TRACKING_URI=${origin}/mlflow/${host.repository}`;
}

async function servingLines({ host }: PageRequest, { model, version, manifest }: ShownVersion): Promise<Html> {
  const { name, record } = model;
  const [stage] = stagesHolding(record, version).sort((a) => (a === "production" ? -1 : 1));
  const { signature } = manifest;
  if (stage === undefined)
    return html`<section class="box"><h2>Ask it over HTTP</h2><p><code>slipway serve</code> answers by versions that are in a stage, and this one is in none.</p></section>`;
  const serve = `slipway serve ${name}${stage === "production" ? "" : ` --stage ${stage}`}`;
  if (signature === undefined || signature.inputs.length > MOST_COLUMNS)
    return copyBox("serve", "Answer requests by it", `${serve}   # ${SERVED}/docs shows what it takes`);
  const [row = {}] = warmUpRows(signature, await keptProfile(host.ports.store, manifest));
  const needed = signature.inputs.filter(({ optional }) => !optional).map(({ name }) => [name, row[name] ?? null]);
  const body = JSON.stringify({ dataframe_records: [Object.fromEntries(needed)] }).replaceAll("'", "'\\''");
  return html`${copyBox("serve", "Answer requests by it", serve)}
${copyBox("curl", "then ask it, with usual values", `curl ${SERVED}/invocations -H 'content-type: application/json' -d '${body}'`)}`;
}

function copyBox(id: string, title: string, line: string): Html {
  return html`<section class="box"><h2>${title}</h2><pre id="copy-${id}" tabindex="0">${line}</pre><button type="button" data-copy="copy-${id}">Copy</button></section>`;
}
