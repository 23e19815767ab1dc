import { createHash } from "node:crypto";
import { html, raw } from "hono/html";
import { DARK, LIGHT } from "../../core/report/charts/palette.ts";
import { declaredColumn, mayBeNull } from "../../core/serving/check-rows.ts";
import type { ServedVersion } from "../../core/serving/served.ts";
import type { Column } from "../../schemas/model-spec.ts";
import { errorField } from "./error-field.ts";
import { type Example, type ShownModel, shownModels } from "./examples.ts";
import type { Route } from "./route.ts";

const STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; color: ${LIGHT.text}; background: ${LIGHT.background} }
main { max-width: 52rem; margin: 0 auto; padding: 1rem }
h1, h2, h3 { line-height: 1.25; font-weight: 600 }
h2 { margin-top: 2.5rem; border-top: 1px solid ${LIGHT.grid}; padding-top: 1.5rem }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; padding: .25rem 1rem .25rem 0; border-bottom: 1px solid ${LIGHT.grid}; vertical-align: top }
th, small { color: ${LIGHT.muted}; font-weight: normal }
.wide { overflow-x: auto }
pre { white-space: pre-wrap; overflow-wrap: anywhere; max-height: 20rem; overflow-y: auto; border: 1px solid ${LIGHT.grid}; padding: .75rem; font: 14px/1.4 ui-monospace, monospace }
a { color: ${LIGHT.first} }
@media (max-width: 30rem) { th, td { padding-right: .5rem } }
@media (prefers-color-scheme: dark) {
  :root { color: ${DARK.text}; background: ${DARK.background} }
  h2, th, td, pre { border-color: ${DARK.grid} }
  th, small { color: ${DARK.muted} }
  a { color: ${DARK.first} }
}`;
/** The page loads nothing and runs nothing: its own style is all that a browser lets it have. */
const POLICY = `default-src 'none'; style-src 'sha256-${createHash("sha256").update(STYLE).digest("base64")}'; frame-ancestors 'none'; base-uri 'none'`;

/** A page for people: what is live, the columns of each model, and commands that answer. */
export const DOCS_PAGE: Route = {
  ...{ method: "GET", path: "/docs", name: "docs", refuse: errorField },
  async answer({ serving, header }) {
    const host = header("host") ?? "";
    const at = {
      origin: `http://${/^[\w.:[\]-]{1,255}$/.test(host) ? host : "127.0.0.1:8080"}`,
      isGuarded: header("authorization") !== undefined,
    };
    return {
      body: String(await page(shownModels(serving), at)),
      type: "text/html; charset=utf-8",
      headers: { "content-security-policy": POLICY },
    };
  },
};

interface Place {
  origin: string;
  /** Whoever looks at the page sent a token, and its commands need one. */
  isGuarded: boolean;
}

function page(models: readonly ShownModel[], place: Place) {
  return html`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Models</title><style>${raw(STYLE)}</style></head>
<body><main>
<h1>Models that answer here</h1>
<p><a href="/openapi.json">OpenAPI</a> · <a href="/metrics">metrics</a></p>
${models.length === 0 ? html`<p>No model is ready yet.</p>` : models.map((model) => section(model, place))}
</main></body></html>
`;
}

function section({ version, examples }: ShownModel, place: Place) {
  const { model, stage, task, maxRows, signature, columns } = version;
  return html`<h2 id="${model}">${model} <small>version ${version.version} in ${stage}</small></h2>
<p>${task}; at most ${maxRows} rows a request; <small>sha256:${version.digest.slice(0, 12)}…</small></p>
<div class="wide"><table><thead><tr><th>Column</th><th>Type</th><th>Values</th></tr></thead><tbody>
${signature.inputs.map(({ name, type, optional }) => {
  const declared = declaredColumn(columns, name);
  return html`<tr><td><code>${name}</code></td><td>${type}</td><td>${valueWords(declared, optional)}</td></tr>`;
})}
</tbody></table></div>
${examples.map((example) => html`<h3>${example.protocol}</h3><pre>${curl(example, place)}</pre>`)}
`;
}

/** A command for a shell: whatever a value holds, it stays inside the quotes. */
export function curl({ path, body }: Example, { origin, isGuarded }: Place): string {
  const token = isGuarded ? ` \\\n  -H "authorization: Bearer $SLIPWAY_SERVE_TOKEN"` : "";
  const data = JSON.stringify(body).replaceAll("'", "'\\''");
  return `curl ${origin}${path}${token} \\\n  -H 'content-type: application/json' \\\n  -d '${data}'`;
}

function valueWords(declared: Column | undefined, optional: ServedVersion["signature"]["inputs"][number]["optional"]) {
  const { min, max, "one-of": oneOf, sensitive } = declared ?? {};
  const words = [
    ...(optional ? ["may be missing"] : []),
    ...(mayBeNull(declared, optional) ? ["may be null"] : []),
    ...(min === undefined ? [] : [`at least ${min}`]),
    ...(max === undefined ? [] : [`at most ${max}`]),
    ...(oneOf === undefined
      ? []
      : [
          sensitive
            ? `one of ${oneOf.length}`
            : `one of ${oneOf.slice(0, 20).join(", ")}${oneOf.length > 20 ? ", …" : ""}`,
        ]),
    ...(sensitive ? ["sensitive"] : []),
  ];
  return words.join("; ");
}
