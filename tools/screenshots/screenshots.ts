// Writes docs/images/portal-*.png: the main pages of the portal, on the story that the browser's tests look at, too. Started by
// `npm run screenshots`.
import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openBrowser } from "../browser/chromium.ts";
import { tellStory } from "../browser/story/tell.ts";
import { servePortal } from "./serve-portal.ts";

const IMAGES = fileURLToPath(new URL("../../docs/images", import.meta.url));
const END = new Date();
const WIDTH = 1200;

interface Shot {
  name: string;
  path: string;
  /** Pixels from the top that are shown. */
  height: number;
  dark?: boolean;
}

const root = await mkdtemp(join(tmpdir(), "slipway-screenshots-"));
const folder = join(root, "models");
await mkdir(folder);
process.stderr.write("Telling the story …\n");
await tellStory(folder, { end: END });
const portal = await servePortal(folder, END);
const browser = await openBrowser();
try {
  for (const shot of shotsOf((await readdir(join(folder, ".slipway/runs"))).sort().reverse())) {
    const context = await browser.newContext({
      ...{ baseURL: portal.url, viewport: { width: WIDTH, height: shot.height }, reducedMotion: "reduce" },
      ...{ colorScheme: shot.dark ? "dark" : "light", locale: "en-GB", timezoneId: "UTC" },
    });
    const page = await context.newPage();
    const answer = await page.goto(shot.path, { waitUntil: "networkidle" });
    if (answer?.status() !== 200) throw new Error(`${shot.path} answered ${answer?.status()}`);
    const path = join(IMAGES, `portal-${shot.name}.png`);
    await page.screenshot({ path, clip: { x: 0, y: 0, width: WIDTH, height: shot.height } });
    process.stderr.write(`${path}\n`);
    await context.close();
  }
} finally {
  await browser.close();
  await portal.close();
  await rm(root, { recursive: true, force: true });
}

function shotsOf([newest = ""]: readonly string[]): Shot[] {
  return [
    { name: "models", path: "/", height: 500 },
    { name: "models-dark", path: "/", height: 500, dark: true },
    { name: "model", path: "/m/penguins", height: 1000 },
    { name: "version", path: "/m/penguins/v/4", height: 900 },
    { name: "compare", path: "/m/penguins/compare?v=3,4,5", height: 900 },
    { name: "live", path: "/m/penguins/live", height: 900 },
    { name: "experiments", path: "/experiments", height: 760 },
    { name: "run", path: `/experiments/runs/${newest}`, height: 900 },
    { name: "timeline", path: "/timeline", height: 760 },
    { name: "policy", path: "/policy", height: 800 },
  ];
}
