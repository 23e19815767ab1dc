import { html } from "hono/html";
import { WORKFLOWS } from "../../../core/github.ts";
import type { Html, PageRequest } from "../request/page.ts";
import type { Live } from "./load-live.ts";

/** Why nothing is known of what a model answers, and what to do about it; undefined if something is. */
export function nothingYet({ host }: PageRequest, { model, stage, policy, state, versions }: Live): Html | undefined {
  if (versions.length > 0) return undefined;
  const { displayName, record } = model;
  if (policy.monitor?.requests === undefined)
    return html`<div class="empty"><p>What models answer is not kept here, so nothing can be watched. In <code>slipway.yaml</code>, say where requests go, and where labels come to:</p>
<pre>monitor:
  requests: { store: "file:.slipway/requests", keep: 90d }
  labels: { ${model.name}: "labels/*.csv" }</pre>
<p>Then <code>slipway serve</code> keeps what it is asked, and <code>slipway monitor</code> looks at it.</p></div>`;
  if (record.stages[stage] === undefined)
    return html`<p class="empty">No version of ${displayName} is in ${stage}, the stage that is watched. Promote one, and serve it.</p>`;
  const workflow = WORKFLOWS.monitor;
  const action =
    host.url === undefined
      ? ""
      : html` On GitHub the workflow <a href="${host.url}/actions/workflows/${workflow.path.split("/").at(-1)}">${workflow.name}</a> does it every day.`;
  const idle = state.state === "idle" ? "" : html` A window is looked at once it is over.`;
  return html`<p class="empty">Nobody looked at what ${displayName} answers yet: <code>slipway monitor ${displayName}</code>.${action}${idle}</p>`;
}
