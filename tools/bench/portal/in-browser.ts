import type { Browser } from "playwright-core";
import { type Timing, timingOf } from "../measurement.ts";

export interface Looked {
  /** Milliseconds until something was painted, as the browser says. */
  painted: Timing;
  /** Milliseconds until what was waited for was there to be read. */
  usable: Timing;
}

/** Resolves to the first contentful paint, in milliseconds since the page was asked for. Source: Paint Timing. */
const FIRST_PAINT = `new Promise((seen) => new PerformanceObserver((list) => {
  for (const { startTime } of list.getEntriesByName("first-contentful-paint")) seen(startTime);
}).observe({ type: "paint", buffered: true }))`;

/** Opens a page so many times, each in a browser that has kept nothing, and waits for a link or a text that it is for. */
export async function lookAt(
  browser: Browser,
  { url, cookie, shows, times = 7 }: { url: string; cookie?: string | undefined; shows: string; times?: number },
): Promise<Looked> {
  const [painted, usable]: [number[], number[]] = [[], []];
  for (let time = 0; time <= times; time += 1) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
    if (cookie !== undefined) {
      const [name = "", ...value] = cookie.split("=");
      await context.addCookies([{ name, value: value.join("="), url: new URL(url).origin }]);
    }
    const page = await context.newPage();
    const began = performance.now();
    await page.goto(url, { waitUntil: "commit" });
    await page.getByText(shows, { exact: true }).first().waitFor({ timeout: 120_000 });
    const took = performance.now() - began;
    const first = await page.evaluate<number>(FIRST_PAINT);
    // The first time warms up the server and the browser's processes.
    if (time > 0) {
      painted.push(first);
      usable.push(took);
    }
    await context.close();
  }
  return { painted: timingOf(painted), usable: timingOf(usable) };
}
