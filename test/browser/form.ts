import type { Page } from "playwright-core";

/** A form of an act on a page: of several, the one whose hidden fields are these. */
export interface AskedForm {
  act: string;
  hidden?: Readonly<Record<string, string>>;
  /** What is filled in. */
  fields?: Readonly<Record<string, string>>;
}

export function formOf(page: Page, { act, hidden = {} }: AskedForm) {
  const has = Object.entries(hidden).map(
    ([name, value]) => `:has(input[type=hidden][name="${name}"][value="${value}"])`,
  );
  return page.locator(`form[action$="/acts/${act}"]${has.join("")}`).first();
}

/** Opens what the form is folded in, and fills it in. Resolves to its button. */
export async function fillForm(page: Page, asked: AskedForm) {
  const form = formOf(page, asked);
  for (const folded of await page.locator("details:not([open])", { has: form }).all())
    await folded.locator("> summary").click();
  for (const [name, value] of Object.entries(asked.fields ?? {})) {
    const choice = form.locator(`select[name="${name}"]`);
    if ((await choice.count()) > 0) await choice.selectOption(value);
    else await form.locator(`[name="${name}"]:not([type=hidden])`).fill(value);
  }
  return form.getByRole("button").last();
}
