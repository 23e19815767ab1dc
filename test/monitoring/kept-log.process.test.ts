import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { daysAgo, requestsOf, watchedHost } from "./watched-host.ts";

const HOUR = 3_600_000;

/** Sixty requests of the day before yesterday, in two hours of it, and a log that is kept for so many hours. */
async function twoHours(keepHours: number) {
  const host = await watchedHost();
  if (host.ports.requestLog) host.ports.requestLog.keep = keepHours * HOUR;
  await host.ask([...requestsOf(daysAgo(2), 30), ...requestsOf(daysAgo(2) + 12 * HOUR, 30)]);
  const folder = join(host.folder, ".slipway/log/penguins");
  const removeFirst = async () => {
    const [first] = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith(".parquet")).sort();
    await rm(join(folder, first as string));
  };
  return { host, removeFirst };
}

it("keeps what a window was found to be while the log of its first hours is removed as too old", async () => {
  // At nine o'clock of today, so that the window's first files may go and it was whole when it was looked at.
  const { host, removeFirst } = await twoHours(48);
  await host.look({ at: new Date(daysAgo(1) + 9 * HOUR) });
  await removeFirst();

  const later = await host.look();

  expect(later).toMatchObject({ written: 0, windows: [] });
});

it("looks at a window that the log does not hold whole any more, if nobody did before", async () => {
  const { host, removeFirst } = await twoHours(48);
  await removeFirst();

  const { windows } = await host.look();

  expect(windows).toMatchObject([{ traffic: { rows: 30 } }]);
});
