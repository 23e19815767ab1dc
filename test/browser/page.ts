import axe from "axe-core";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { inject, onTestFinished } from "vitest";
import { openBrowser } from "../../tools/browser/chromium.ts";

/** Light and dark on a desk, and a telephone. */
export const LOOKS = {
  light: { viewport: { width: 1280, height: 900 }, colorScheme: "light" },
  dark: { viewport: { width: 1280, height: 900 }, colorScheme: "dark" },
  narrow: { viewport: { width: 380, height: 800 }, colorScheme: "light" },
} as const satisfies Record<string, BrowserContextOptions>;
export type Look = keyof typeof LOOKS;

export interface Opened {
  page: Page;
  /** What the browser had to say against the page: its console, errors of scripts, what was loaded from elsewhere. */
  complaints: string[];
}

let browser: Promise<Browser> | undefined;

/** A page of a browser that nobody used before, with what it complains of. */
export async function openPage(options: BrowserContextOptions = {}): Promise<Opened> {
  browser ??= openBrowser();
  const { origin, cookies } = inject("ui");
  const context = await (await browser).newContext({ ...LOOKS.light, baseURL: origin, ...options });
  await context.addCookies(
    cookies.map((cookie) => {
      const [name = "", ...value] = cookie.split("=");
      return { name, value: value.join("="), url: origin };
    }),
  );
  onTestFinished(() => context.close());
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("console", (message) => complaints.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
  page.on("requestfailed", (request) => {
    // A list that follows what is typed gives up on what was asked before; a download leaves the page.
    const reason = request.failure()?.errorText ?? "";
    if (reason !== "net::ERR_ABORTED") complaints.push(`failed: ${request.url()} ${reason}`);
  });
  page.on("request", (request) => {
    const to = new URL(request.url());
    if (to.protocol !== "data:" && to.origin !== origin) complaints.push(`asks elsewhere: ${request.url()}`);
  });
  return { page, complaints };
}

/** What axe finds by WCAG 2.0 to 2.2, A and AA, and by good practice: one line for each kind. */
export async function axeFindings(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"];
  const run = `axe.run(document, { runOnly: ${JSON.stringify(tags)}, resultTypes: ["violations"] })`;
  const { violations } = await page.evaluate<{
    violations: { id: string; nodes: { html: string; failureSummary: string }[] }[];
  }>(run);
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(" | ")}`);
}
