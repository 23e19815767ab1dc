import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { openMonitoring } from "../../core/monitoring/open-branch.ts";
import { readWindows } from "../../core/monitoring/read-records.ts";
import { daysAgo, requestsOf, SPEC, TODAY, type WatchedHost, watchedHost } from "../monitoring/watched-host.ts";

const CUSTOMERS = 20;
const MINUTE = 60_000;

/** A host whose client names rows itself: the same customers are asked for on each of these days. */
async function askedDaily(days: readonly number[]) {
  const spec = SPEC.replace("label: species", "label: species\n  id: customer");
  const host = await watchedHost({ "models/penguins/model.yaml": spec });
  for (const day of days) await askAll(host, day);
  return host;
}

async function askAll(host: WatchedHost, day: number, about: object = {}) {
  const asked = requestsOf(daysAgo(day), CUSTOMERS, about);
  await host.ask(
    asked.map((entry, at) => ({ ...entry, ids: [`customer ${at}`] })),
    daysAgo(day) + 5 * MINUTE,
  );
}

async function label(host: WatchedHost, count = CUSTOMERS, file = "a.csv") {
  await mkdir(join(host.folder, "labels"), { recursive: true });
  const lines = Array.from({ length: count }, (_, at) => `customer ${at},${at % 2 === 0 ? "gentoo" : "adelie"}`);
  await writeFile(join(host.folder, "labels", file), `${["id,label", ...lines].join("\n")}\n`);
}

/** Of each record the days before today, the version, and how many labels it counts. */
async function counted({ ports }: WatchedHost) {
  const records = await readWindows(openMonitoring(ports.objects, undefined), "penguins");
  return records.flatMap(({ window, version, performance }) =>
    performance === undefined
      ? []
      : [[Math.round((TODAY - Date.parse(window.from)) / 86_400_000), version, performance.labelled]],
  );
}

it("counts the label of an id that is asked again each day once, with its first answer", async () => {
  const host = await askedDaily([4, 3, 2, 1]);
  await label(host);
  await host.look();
  expect(await counted(host)).toEqual([[4, 1, CUSTOMERS]]);
});

it("counts it no more in a window that comes after the look", async () => {
  const host = await askedDaily([3]);
  await label(host);
  await host.look({ at: new Date(daysAgo(2)) });
  await askAll(host, 1);
  await expect(host.look()).resolves.toMatchObject({ written: 1 });
  expect(await counted(host)).toEqual([[3, 1, CUSTOMERS]]);
});

it("counts it for each version that was asked", async () => {
  const host = await askedDaily([3, 2]);
  await host.release();
  const signature = { inputs: [], outputs: [{ name: "prediction", type: "string" as const }] };
  const version = { folder: "penguins", version: 2, stage: "production", signature, columns: {} };
  await askAll(host, 2, { version, rows: [{}], predictions: [{ prediction: "adelie" }] });
  await label(host);
  await host.look();
  expect(await counted(host)).toEqual([
    [3, 1, CUSTOMERS],
    [2, 2, CUSTOMERS],
  ]);
});

it("counts it no more once its first answer is older than a look goes back", async () => {
  const host = await askedDaily([95, 92, 89, 86]);
  await label(host);
  await host.look({ at: new Date(daysAgo(80)) });
  expect(await counted(host)).toEqual([[95, 1, CUSTOMERS]]);
  await label(host, 3, "b.csv");
  await host.look();
  expect(await counted(host)).toEqual([[95, 1, CUSTOMERS]]);
});
