// The portal of 10,000 models: what each page takes at the server, how large it is, when a browser has painted it, and MLflow's
// pages beside it.
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { openBrowser } from "../browser/chromium.ts";
import { type BenchOptions, type Measurement, once, repeat } from "./measurement.ts";
import { buildPortal } from "./portal/fixture.ts";
import { type Looked, lookAt } from "./portal/in-browser.ts";
import { benchedPaths, MODEL, SEARCHES } from "./portal/pages.ts";
import { serveUi } from "./portal/serve-ui.ts";
import { name } from "./registry/fixture.ts";
import { serveMlflow } from "./registry/servers.ts";

const MODELS = 10_000;
const VERSIONS = 10;
const SIZE = `${MODELS} × ${VERSIONS}`;
const say = (what: string) => process.stderr.write(`portal: ${what} …\n`);

export async function bench({ folder }: BenchOptions): Promise<Measurement[]> {
  say(`building ${SIZE}`);
  const repository = join(folder, "repository");
  await buildPortal(repository, MODELS, VERSIONS);
  const ui = await serveUi(repository);
  const browser = await openBrowser();
  try {
    const measured = await atServer(ui);
    say("in a browser, beside MLflow's server");
    const mlflow = await serveMlflow(join(folder, "mlflow"), MODELS, 1);
    try {
      return [...measured, ...(await besideMlflow(browser, ui, mlflow))];
    } finally {
      await mlflow.stop();
    }
  } finally {
    await browser.close();
    await ui.stop();
  }
}

/** What the server takes for each page, the largest of them, and what it holds in memory after all. */
async function atServer(ui: Awaited<ReturnType<typeof serveUi>>): Promise<Measurement[]> {
  const measured: Measurement[] = [];
  let [largest, peak] = [0, 0];
  const ask = async (path: string) => {
    const answer = await fetch(`${ui.url}${path}`, { headers: { cookie: ui.cookie } });
    const text = await answer.text();
    if (answer.status !== 200) throw new Error(`${path} answered ${answer.status}: ${text.slice(0, 500)}`);
    largest = Math.max(largest, Buffer.byteLength(text));
    return text;
  };
  const bound = "making HTML; what the page reads of Git";
  for (const path of benchedPaths()) {
    say(path);
    measured.push({ what: path, size: SIZE, unit: "ms", target: 50, bound, ...(await repeat(21, () => ask(path))) });
    peak = Math.max(peak, await ui.memory());
  }
  const search = await repeat(21 * SEARCHES.length, (at) =>
    ask(`/?${new URLSearchParams({ q: SEARCHES[at % SEARCHES.length] ?? "" })}`),
  );
  peak = Math.max(peak, await ui.memory());
  return [
    ...measured,
    {
      what: "a search as somebody types",
      size: SIZE,
      unit: "ms",
      target: 100,
      bound: "going through all models",
      ...search,
    },
    {
      what: "the largest page",
      size: SIZE,
      unit: "kB",
      target: 100,
      bound: "50 rows a page",
      ...once(largest / 1_000),
    },
    {
      what: "start to first answer",
      size: SIZE,
      unit: "s",
      bound: "reading the registry",
      ...once(ui.started / 1_000),
    },
    {
      what: "memory of slipway ui",
      size: SIZE,
      unit: "MiB",
      target: 250,
      bound: "every model in memory",
      ...once(peak),
    },
  ];
}

async function besideMlflow(
  browser: Browser,
  ui: Awaited<ReturnType<typeof serveUi>>,
  mlflow: { url: string },
): Promise<Measurement[]> {
  const ours = (path: string, shows: string) => lookAt(browser, { url: `${ui.url}${path}`, cookie: ui.cookie, shows });
  const theirs = (path: string, shows: string) => lookAt(browser, { url: `${mlflow.url}${path}`, shows });
  const list = [await ours("/", name(0)), await theirs("/#/models", name(0))] as const;
  const model = [await ours(`/m/${MODEL}`, MODEL), await theirs(`/#/models/${MODEL}`, MODEL)] as const;
  const version = await ours(`/m/${MODEL}/v/9`, MODEL);
  const painted = (what: string, { painted: timing }: Looked): Measurement => ({
    ...{ what: `${what}: first contentful paint`, size: SIZE, unit: "ms", target: 500, bound: "HTML, then one style" },
    ...timing,
  });
  const usable = (what: string, [own, other]: readonly [Looked, Looked]): Measurement => ({
    ...{ what: `${what}: there to be read`, size: SIZE, unit: "ms", bound: "starting a browser's page" },
    ...own.usable,
    peer: {
      what: "MLflow's page",
      median: other.usable.median,
      ratio: other.usable.median / own.usable.median,
      atLeast: 5,
    },
  });
  return [
    painted("list", list[0]),
    painted("model", model[0]),
    painted("version", version),
    usable("list", list),
    usable("model", model),
  ];
}
