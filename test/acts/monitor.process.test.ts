import { expect, it } from "vitest";
import { daysAgo, requestsOf, testOf, watchedHost } from "../monitoring/watched-host.ts";

it("finds that a window's rows are like those that the version was trained on", async () => {
  const host = await watchedHost();
  await host.ask(requestsOf(daysAgo(1), 256));
  const { windows, problems } = await host.look();
  expect(problems).toEqual([]);
  expect(windows).toMatchObject([{ version: 1, traffic: { rows: 256, requests: 256, errors: 0 } }]);
  expect(testOf(windows[0], "bill")).toMatchObject({ effect: expect.closeTo(0, 4), drifted: false });
  expect(testOf(windows[0], "island")).toMatchObject({ current: [128, 128] });
});

it("finds a column that drifted", async () => {
  const host = await watchedHost();
  await host.ask(requestsOf(daysAgo(1), 256, { rows: [{ bill: 90, island: "Dream" }] }));
  const { windows } = await host.look();
  expect(testOf(windows[0], "bill")).toMatchObject({ drifted: true });
});

it("writes nothing where there is nothing new", async () => {
  const host = await watchedHost();
  await host.ask(requestsOf(daysAgo(1), 30));
  const first = await host.look();
  const second = await host.look();
  expect(first).toMatchObject({ written: 1, unchanged: 0 });
  expect(second).toMatchObject({ written: 0, unchanged: 1, commit: first.commit });
});
