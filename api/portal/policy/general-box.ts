import { html } from "hono/html";
import { DEFAULT_TRIES } from "../../../core/gates/asked-level.ts";
import { formatPercent } from "../../../core/gates/number-words.ts";
import { whoMay } from "../../../core/promotion/decide-authority.ts";
import { visibleText } from "../../../core/report/escape-text.ts";
import { POLICY_PATH } from "../../../core/spec/project.ts";
import type { StoreChoice } from "../../../schemas/policy.ts";
import type { PortalHost } from "../request/host.ts";
import type { Html } from "../request/page.ts";
import type { PolicyShown } from "./effective.ts";
import { placeLink } from "./place-link.ts";

/** What the policy says of all stages together: who may what, tries, stores, monitoring, signatures. */
export function generalBox(host: PortalHost, { commit, project }: PolicyShown): Html {
  const { policy } = project;
  const { monitor, artifacts, signers = [], preview } = policy;
  const at = (...keys: (string | number)[]) => placeLink(host, commit, POLICY_PATH, project.policyPosition(keys).line);
  const said = (value: unknown, words: Html | string, otherwise: string, ...keys: string[]) =>
    value === undefined ? otherwise : html`${words} ${at(...keys)}`;
  const role = (act: "promote" | "approve" | "register", words: string): [string, Html | string] => [
    words,
    host.ports.identifiesUsers
      ? said(policy.roles?.[act], visibleText(whoMay(policy, act), 500), "write access", "roles", act)
      : "whoever can write to this repository: nobody is identified here",
  ];
  const facts: [string, Html | string][] = [
    role("promote", "Who may promote, hold and roll back"),
    role("approve", "Who may approve and reject"),
    role("register", "Who may register through MLflow's API"),
    [
      "Tries of a test set",
      said(
        policy.tries,
        `${policy.tries} share what a confidence leaves`,
        `${DEFAULT_TRIES} share what a confidence leaves`,
        "tries",
      ),
    ],
    [
      "Rows that pull requests see",
      said(preview, `${formatPercent(preview ?? 0)} of the test rows`, "all test rows", "preview"),
    ],
    [
      "Artifacts",
      said(
        artifacts?.store,
        storeWords(artifacts?.store),
        ".slipway/store, beside the repository",
        "artifacts",
        "store",
      ),
    ],
    [
      "Requests are kept",
      said(
        monitor?.requests,
        storeWords(monitor?.requests?.store),
        "nowhere: nothing is monitored",
        "monitor",
        "requests",
      ),
    ],
    ["When inputs drift", said(monitor?.then?.drift, monitor?.then?.drift ?? "", "issue", "monitor", "then", "drift")],
    [
      "When a bar is surely missed",
      said(monitor?.then?.bars, monitor?.then?.bars ?? "", "issue", "monitor", "then", "bars"),
    ],
    ["When data moves", said(monitor?.then?.data, monitor?.then?.data ?? "", "off", "monitor", "then", "data")],
    [
      "Who signs tags",
      signers.length === 0
        ? "nobody has to"
        : html`${visibleText(signers.map(({ name }) => name).join(", "), 500)} ${at("signers")}`,
    ],
  ];
  return html`<section class="box"><h2>For all stages</h2><dl>${facts.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl></section>`;
}

function storeWords(store: StoreChoice | undefined): string {
  return visibleText((typeof store === "string" ? store : store?.uri) ?? "");
}
