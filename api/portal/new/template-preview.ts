import { html } from "hono/html";
import type { TemplateName } from "../../../core/new-model/templates.ts";
import { size } from "../../../core/report/size-words.ts";
import type { SourceTree } from "../../../core/source/tree.ts";
import type { Page, PageRequest } from "../request/page.ts";
import { type Place, problemsOf } from "./place.ts";
import { proposeForm } from "./propose-form.ts";
import { missingOf } from "./template-files.ts";

/** The files of a template that the repository lacks. */
export async function templatePreview(
  request: PageRequest,
  {
    template,
    tree,
    place,
    packageRoot,
    name,
  }: { template: TemplateName; tree: SourceTree; place: Place; packageRoot: string; name: string },
): Promise<Pick<Page, "body">> {
  const { host } = request;
  const head = html`<h1>New model ${name}</h1><p>From the template ${template}. Files that the repository has already stay as they are.</p>`;
  const again = html`<form method="get" action="${host.base}/new" class="actions"><input type="hidden" name="template" value="${template}"><div><label for="name">Name</label><input id="name" name="name" value="${name}" maxlength="100" required autocomplete="off"></div><button>Look again</button></form>`;
  if (place.refused !== undefined)
    return { body: html`${head}<p class="warning" role="alert">${place.refused}</p>${again}` };
  const files = await missingOf(packageRoot, template, { name, folder: place.folder, tree });
  const isEdited = (path: string) =>
    path.startsWith(`${place.folder}/`) &&
    /\.(?:yaml|mjs|py|txt|json)$/.test(path) &&
    !path.endsWith("package-lock.json");
  const spec = `${place.folder}/model.yaml`;
  const edited = [...files]
    .filter(([path]) => isEdited(path))
    .sort(([a], [b]) => Number(b === spec) - Number(a === spec));
  const others = [...files]
    .filter(([path]) => !isEdited(path))
    .map(([path, text]) => `${path}: ${size(Buffer.byteLength(text))}`);
  const texts = Object.fromEntries(edited);
  const problems = await problemsOf(host, place.commit, name, { ...Object.fromEntries(files) });
  return {
    body: html`${head}${again}${proposeForm(request, { place, name, hidden: { template }, texts, others, problems })}`,
  };
}
