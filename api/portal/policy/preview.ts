import { html } from "hono/html";
import { compareVerdicts } from "../../../core/acts/policy-change.ts";
import { METRIC_RULES } from "../../../core/acts/project.ts";
import { counted } from "../../../core/report/verdict-words.ts";
import { openCommit } from "../../../core/source/commit.ts";
import { loadPolicy, overrideProblems, POLICY_PATH } from "../../../core/spec/project.ts";
import { withFiles } from "../../../core/spec/with-files.ts";
import type { CommitId } from "../../../schemas/names.ts";
import type { Problem } from "../../../schemas/problem.ts";
import type { FormRequest, SentForm } from "../request/form.ts";
import type { PortalHost } from "../request/host.ts";
import type { Html, Page, PageRequest } from "../request/page.ts";
import { actForm, readOnlyNote, tokenField } from "../view/act-form.ts";
import { askedVerdicts } from "./asked-verdicts.ts";
import { readPolicyShown } from "./effective.ts";
import { problemList } from "./page.ts";
import { proposalForm } from "./proposal-form.ts";
import { isOtherwise, verdictsTable } from "./verdicts-table.ts";

/** So many verdicts are looked at for one preview. */
const PAGE = 50;

/** `POST /policy`: what a proposed policy would be, changing nothing. */
export async function previewPage(request: FormRequest, form: SentForm): Promise<Page> {
  const { host } = request;
  const text = textOf(form["text"]);
  const which = typeof form["verdicts"] === "string" ? form["verdicts"] : "";
  const shown = await readPolicyShown(host);
  const about = { title: "Policy: what would change", tab: "policy" } as const;
  const head = html`<h1>What would change</h1>`;
  if (shown === undefined)
    return { ...about, body: html`${head}<p class="empty">The repository has no commit yet.</p>` };
  const edit = html`<section class="box"><h2>The proposed policy</h2>${proposalForm(request, text, which)}</section>`;
  if (text.trim() === shown.text.replaceAll("\r\n", "\n").trim())
    return { ...about, body: html`${head}<p>This is the policy as it stands: nothing would change.</p>${edit}` };
  const problems = await policyProblems(host, shown.commit, text);
  if (problems.length > 0)
    return {
      ...about,
      status: 422,
      body: html`${head}<div class="warning" role="alert"><p>${counted(problems.length, "problem")}: nothing could be decided by this policy.</p>${problemList(request, undefined, problems)}</div>${edit}`,
    };
  const body = html`${head}${await verdicts(request, { tip: shown.commit, text, which, from: fromOf(form["from"]) })}${proposeBox(request, text)}${edit}`;
  return { ...about, body };
}

/** What is wrong with a policy that somebody wrote, held against the default branch's models. */
export async function policyProblems(
  { ports }: Pick<PortalHost, "ports">,
  commit: CommitId,
  text: string,
): Promise<readonly Problem[]> {
  const tree = withFiles(openCommit(ports.objects, commit), { [POLICY_PATH]: text });
  const { policy, problems, position } = await loadPolicy(tree, METRIC_RULES);
  return problems.length > 0 ? problems : overrideProblems(tree, policy, position);
}

/** A browser sends each line with a carriage return. */
export function textOf(sent: unknown): string {
  const text = typeof sent === "string" ? sent.replace(/\r\n?/g, "\n") : "";
  return text === "" || text.endsWith("\n") ? text : `${text}\n`;
}

function fromOf(sent: unknown): number {
  const from = Number(sent ?? 0);
  return Number.isInteger(from) && from >= 0 && from <= 1_000_000 ? from : 0;
}

async function verdicts(
  request: FormRequest,
  { tip, text, which, from }: { tip: CommitId; text: string; which: string; from: number },
): Promise<Html> {
  const { host } = request;
  const catalog = await request.catalog();
  const { decisions, all, snapshot } = await askedVerdicts(host, catalog, { which, from, limit: PAGE });
  const what = which === "" ? "verdict on what is live" : "refusal of late";
  const words = which === "" ? "verdicts on what is live" : "refusals of late";
  if (all === 0) return html`<p class="empty">There is no ${what} yet: nothing on record would come out otherwise.</p>`;
  const compared = await compareVerdicts(host.ports, snapshot, decisions, { tip, text });
  const changed = compared.filter(isOtherwise);
  const last = Math.min(all, from + PAGE);
  const looked = html`Looked at ${words} ${from + 1} to ${last} of ${all}, by the evidence that was recorded with them: ${changed.length === 0 ? "none of them would come out otherwise" : `${changed.length} would come out otherwise, or cannot be told`}.`;
  const next =
    last < all
      ? html`<form method="post" action="${host.base}/policy">${tokenField(request, request.now)}${hidden({ text, verdicts: which, from: last })}<button>Look at the next ${Math.min(PAGE, all - last)}</button></form>`
      : "";
  return html`<section class="box"><h2>Recorded verdicts</h2><p>${looked}</p>${changed.length === 0 ? "" : verdictsTable(host, catalog, changed)}${next}</section>`;
}

function hidden(fields: Record<string, string | number>): Html[] {
  return Object.entries(fields).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`);
}

function proposeBox(request: PageRequest, text: string): Html {
  const { host } = request;
  if (host.propose === undefined)
    return html`<p class="quiet">Nothing can be proposed from here: commit the text as <code>slipway.yaml</code>.</p>`;
  const onGitHub = host.url !== undefined;
  const fields = html`<label for="title">Title</label><p><input id="title" name="title" value="Change the policy" maxlength="200" size="60" required></p><label for="why">Why</label><textarea id="why" name="why" maxlength="5000"></textarea>`;
  const form = actForm(request, {
    act: "propose-policy",
    hidden: { text },
    fields,
    submit: onGitHub ? "Open a pull request" : "Put it on a branch",
  });
  return html`<section class="box"><h2>Propose it</h2><p>${onGitHub ? "A pull request" : "A commit on a branch of its own"}: it binds once it is merged into the default branch.</p>${form}${readOnlyNote(request)}</section>`;
}
