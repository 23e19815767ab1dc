import { modelsPage } from "./models/list.ts";
import type { FormRequest, SentForm } from "./request/form.ts";
import type { Answer, PageHandler } from "./request/page.ts";
import { downloadFile } from "./versions/download.ts";
import { versionPage } from "./versions/page.ts";

/** Every page, by its address below the base. */
export const PAGES: Readonly<Record<string, PageHandler>> = {
  "GET /": modelsPage,
  "GET /m/:model/v/:version": versionPage,
  "GET /m/:model/v/:version/files/:path{.+}": downloadFile,
};

/** Pages that answer a form with another page, and change nothing. */
export const FORM_PAGES: Readonly<Record<string, (request: FormRequest, form: SentForm) => Promise<Answer>>> = {};
