import type { FormRequest } from "./forms/form.ts";
import type { SentForm } from "./forms/read-form.ts";
import { modelsPage } from "./models/list.ts";
import type { Answer, PageHandler } from "./page.ts";

/** Every page, by its address below the base. */
export const PAGES: Readonly<Record<string, PageHandler>> = {
  "GET /": modelsPage,
};

/** Pages that answer a form with another page, and change nothing. */
export const FORM_PAGES: Readonly<Record<string, (request: FormRequest, form: SentForm) => Promise<Answer>>> = {};
