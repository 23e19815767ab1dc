import { html } from "hono/html";
import type { Problem } from "../../../schemas/problem.ts";
import { problemList } from "../policy/page.ts";
import type { Html, PageRequest } from "../request/page.ts";
import { actForm, readOnlyNote } from "../view/act-form.ts";
import type { Place } from "./place.ts";

export interface ProposedModel {
  place: Place;
  name: string;
  /** Sent along: what the other files are made from. */
  hidden: Readonly<Record<string, string | undefined>>;
  /** Files to look at and to change, by their paths in the repository. */
  texts: Readonly<Record<string, string>>;
  /** The other files, in words. */
  others: readonly string[];
  problems: readonly Problem[];
}

/** Every file of a new model, the texts to be changed, and the way to propose it. */
export function proposeForm(
  request: PageRequest,
  { place, name, hidden, texts, others, problems }: ProposedModel,
): Html {
  const { host } = request;
  const onGitHub = host.url !== undefined;
  const areas = Object.entries(texts).map(([path, text], at) => {
    const area = html`<label for="file-${at}"><code>${path}</code></label><textarea id="file-${at}" name="file:${path}" class="mono" rows="${Math.min(40, text.split("\n").length + 1)}" spellcheck="false">${text}</textarea>`;
    return at === 0 ? area : html`<details><summary><code>${path}</code></summary>${area}</details>`;
  });
  const wrong =
    problems.length === 0
      ? ""
      : html`<div class="warning" role="alert"><p>As it stands, <code>slipway check</code> would refuse it:</p>${problemList(request, undefined, problems)}</div>`;
  const files = html`${areas}${others.length === 0 ? "" : html`<ul>${others.map((each) => html`<li>${each}</li>`)}</ul>`}<label for="title">Title</label><p><input id="title" name="title" value="Add the model ${name}" maxlength="200" size="60" required></p>`;
  const form =
    place.refused !== undefined || host.propose === undefined
      ? ""
      : actForm(request, {
          act: "propose-model",
          hidden: { name, ...hidden },
          fields: files,
          submit: onGitHub ? "Open a pull request" : "Put it on a branch",
        });
  const only = request.visitor.readOnly === undefined && form !== "" ? "" : files;
  return html`<section class="box"><h2>The files</h2>${wrong}<p>${onGitHub ? "A pull request runs the model and says what its gates find; merging it registers a first version." : "They come onto a branch of their own. Then: git merge it, slipway run, slipway register."}</p>${form}${only}${readOnlyNote(request)}</section>`;
}
