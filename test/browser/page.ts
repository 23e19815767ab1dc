import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { inject, onTestFinished } from "vitest";
import { openBrowser } from "../../tools/browser/chromium.ts";
import type { PortalPlace } from "./place.ts";

/** Light and dark on a desk, and a telephone. */
export const LOOKS = {
  light: { viewport: { width: 1280, height: 900 }, colorScheme: "light" },
  dark: { viewport: { width: 1280, height: 900 }, colorScheme: "dark" },
  narrow: { viewport: { width: 380, height: 800 }, colorScheme: "light" },
} as const satisfies Record<string, BrowserContextOptions>;
export type Look = keyof typeof LOOKS;

interface OpenOptions extends BrowserContextOptions {
  /** Default: `slipway ui`. */
  place?: PortalPlace;
  /** Who is signed in, where people have to. Default: the first of them. */
  as?: string;
}

interface Opened {
  page: Page;
  /** The page's address at the place, below its base. */
  at(path: string): string;
  /** What the browser had to say against the page: its console, errors of scripts, what was loaded from elsewhere. */
  complaints: string[];
}

let browser: Promise<Browser> | undefined;
const sessions = new Map<string, ReturnType<typeof signIn>>();

/** A page of a browser that knows nothing but the session of whoever looks, with what it complains of. */
export async function openPage({ place = inject("ui"), as, ...options }: OpenOptions = {}): Promise<Opened> {
  const { origin, base } = place;
  const context = await newContext({ ...LOOKS.light, baseURL: origin, ...options });
  const complaints: string[] = [];
  const person = as ?? place.people?.[0];
  if (person === undefined) await context.addCookies(cookiesOf(place));
  else {
    const key = `${origin} ${person}`;
    const kept = sessions.get(key) ?? signIn(place, person);
    sessions.set(key, kept);
    await context.addCookies(await kept);
  }
  const page = await context.newPage();
  page.on("console", (message) => complaints.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
  page.on("request", (request) => {
    const to = new URL(request.url());
    if (to.protocol !== "data:" && to.origin !== origin) complaints.push(`asks elsewhere: ${request.url()}`);
  });
  return { page, at: (path) => `${origin}${base}${withRuns(path)}`, complaints };
}

function withRuns(path: string): string {
  const [newest = "", before = ""] = inject("runs");
  return path.replace("{runs}", `${newest},${before}`).replace("{run}", newest);
}

/** Goes through the place's sign-in as a person does. */
async function signIn({ origin }: PortalPlace, login: string) {
  const context = await newContext({});
  const page = await context.newPage();
  await page.goto(`${origin}/login`);
  await page.getByRole("link", { name: login, exact: true }).click();
  await page.waitForURL(`${origin}/**`);
  return context.cookies();
}

async function newContext(options: BrowserContextOptions): Promise<BrowserContext> {
  browser ??= openBrowser();
  const context = await (await browser).newContext(options);
  onTestFinished(() => context.close());
  return context;
}

function cookiesOf({ origin, cookies }: PortalPlace) {
  return cookies.map((cookie) => {
    const [name = "", ...value] = cookie.split("=");
    return { name, value: value.join("="), url: origin };
  });
}
