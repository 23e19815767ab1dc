import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { type Browser, chromium } from "playwright-core";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"] as const;

/** The browser to look at pages with: what CHROMIUM names, or the first of the known ones on PATH; undefined if there is none. */
export function findChromium(): string | undefined {
  const { CHROMIUM, PATH = "" } = process.env;
  if (CHROMIUM) return CHROMIUM;
  const folders = `${PATH}${delimiter}/usr/bin`.split(delimiter);
  return NAMES.flatMap((name) => folders.map((folder) => join(folder, name))).find((file) => existsSync(file));
}

/** A browser of its own, without a window. Rejects with what to do if there is none. */
export async function openBrowser(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === undefined)
    throw new Error(
      "No Chromium is on PATH. Bring it with: npx tsx tools/browser/install.ts; or name one in CHROMIUM.",
    );
  // A container's small /dev/shm ends a tab in the middle of a page.
  return chromium.launch({ executablePath, args: ["--disable-dev-shm-usage"] });
}
