import { html } from "hono/html";
import { POLICY_PATH } from "../../../core/spec/project.ts";
import type { Problem } from "../../../schemas/problem.ts";
import type { Html, Page, PageRequest } from "../request/page.ts";
import { commitLink } from "../view/links.ts";
import { type PolicyShown, readPolicyShown } from "./effective.ts";
import { generalBox } from "./general-box.ts";
import { placeLink } from "./place-link.ts";
import { proposalForm } from "./proposal-form.ts";
import { stageBox } from "./stage-box.ts";

/** `/policy`: what each stage asks for, of every model or of one, and the way to a change. */
export async function policyPage(request: PageRequest): Promise<Page> {
  const { host, query } = request;
  const name = query.get("model")?.trim().slice(0, 200) || undefined;
  const shown = await readPolicyShown(host, name);
  const about = { title: "Policy", tab: "policy" } as const;
  if (shown === undefined)
    return {
      ...about,
      body: html`<h1>Policy</h1><p class="empty">The repository has no commit yet. <code>slipway init</code> makes a first one, with a policy.</p>`,
    };
  const { project, commit } = shown;
  const model = name === undefined ? undefined : project.models.get(name);
  const { problems } = project;
  const body = html`<h1>Policy</h1>
<p>${shown.text === "" ? html`There is no <code>slipway.yaml</code>: nothing is asked but what models ask of themselves.` : html`As ${placeLink(host, commit, POLICY_PATH, undefined)} says it`} at ${commitLink(host, commit)} of the default branch, which binds for every decision.</p>
${problems.length === 0 ? "" : html`<div class="warning" role="alert"><p>It cannot be read as it stands, so nothing can be decided:</p>${problemList(request, commit, problems)}</div>`}
${modelForm(request, name)}
${name !== undefined && model === undefined && problems.length === 0 ? html`<p class="warning">There is no model ${name} on the default branch.</p>` : ""}
<div class="grid">${["register", ...project.stages].map((stage) => stageBox(host, shown, stage, model))}</div>
${generalBox(host, shown)}
${changeBox(request, shown)}`;
  return { ...about, body };
}

function modelForm({ host }: PageRequest, name = ""): Html {
  return html`<form action="${host.base}/policy" method="get" class="actions"><div><label for="model">What is asked of one model</label><input id="model" name="model" value="${name}" maxlength="200" autocomplete="off"></div><button>Show</button>${name === "" ? "" : html` <a href="${host.base}/policy">Every model</a>`}</form>`;
}

function changeBox(request: PageRequest, { text }: PolicyShown): Html {
  return html`<section class="box" id="change"><h2>What would change</h2>
<p>Write the policy as it should be. The preview says what is wrong with it, and which recorded verdicts would come out otherwise. Nothing is measured or spent for it.</p>
${proposalForm(request, text)}</section>`;
}

/** Problems of a file, each with its place. */
export function problemList({ host }: PageRequest, commit: string | undefined, problems: readonly Problem[]): Html {
  const place = ({ file, line, column }: Problem) =>
    file === undefined
      ? ""
      : commit === undefined
        ? html`<code>${[file, line, column].filter((part) => part !== undefined).join(":")}</code>: `
        : html`${placeLink(host, commit, file, line)}: `;
  return html`<ul>${problems.slice(0, 50).map((problem) => html`<li>${place(problem)}${problem.message}${problem.expected === undefined ? "" : html` <span class="quiet">expected ${problem.expected}</span>`}${problem.hint === undefined ? "" : html` <span class="quiet">${problem.hint}</span>`}</li>`)}</ul>`;
}
