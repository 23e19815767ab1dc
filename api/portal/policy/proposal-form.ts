import { html } from "hono/html";
import type { Html, PageRequest } from "../request/page.ts";
import { tokenField } from "../view/act-form.ts";
import { REFUSED_ASKED } from "./asked-verdicts.ts";

/** The policy as a text to edit, with what its preview looks at. */
export function proposalForm(request: PageRequest, text: string, verdicts = ""): Html {
  const { host, now } = request;
  const choice = (value: string, words: string) =>
    html`<label class="inline"><input type="radio" name="verdicts" value="${value}"${value === verdicts ? html` checked` : ""}> ${words}</label> `;
  return html`<form method="post" action="${host.base}/policy">${tokenField(request, now)}
<label for="policy-text">slipway.yaml</label><textarea id="policy-text" name="text" class="mono" rows="20" spellcheck="false">${text}</textarea>
<p>${choice("", "verdicts on what is live")}${choice(REFUSED_ASKED, "what was refused lately")}</p><button class="primary">Preview</button></form>`;
}
