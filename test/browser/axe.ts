import axe from "axe-core";
import type { Page } from "playwright-core";

const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"];

/** What axe finds by WCAG 2.0 to 2.2, A and AA, and by good practice: a line for each rule, with where it is broken. */
export async function axeFindings(page: Page): Promise<string[]> {
  // By the debugger, which the page's own policy on scripts does not hold.
  await page.evaluate(axe.source);
  const run = `axe.run(document, { runOnly: ${JSON.stringify(TAGS)}, resultTypes: ["violations"] })`;
  const { violations } = await page.evaluate<Pick<axe.AxeResults, "violations">>(run);
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(" | ")}`);
}
