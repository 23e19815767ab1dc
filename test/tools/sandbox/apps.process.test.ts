import { expect, it } from "vitest";
import { openWorld, refusal } from "./world.ts";

it("shows an App its installations, and the one of a repository", async () => {
  const { asApp, at, installation, sandbox } = await openWorld();
  expect((await asApp.rest.apps.listInstallations()).data.map(({ id }) => id)).toEqual([installation]);
  expect((await asApp.rest.apps.getInstallation({ installation_id: installation })).data).toMatchObject({
    app_slug: "robot",
  });
  expect((await asApp.rest.apps.getRepoInstallation(at)).data.id).toBe(installation);
  await sandbox.addRepository({ owner: "acme", name: "other", files: { a: "1" } });
  expect(await refusal(asApp.rest.apps.getRepoInstallation({ owner: "acme", repo: "other" }))).toMatchObject({
    status: 404,
  });
  expect((await sandbox.octokit("ada").rest.apps.getBySlug({ app_slug: "robot" })).data).toMatchObject({
    slug: "robot",
  });
});

it("lists deliveries newest first, by a cursor, and tries one again under its old id", async () => {
  const { asApp, at, sandbox, answer, received } = await openWorld();
  await sandbox.idle();
  answer.status = 500;
  const ada = sandbox.octokit("ada");
  for (const title of ["one", "two", "three"]) await ada.rest.issues.create({ ...at, title });
  await sandbox.idle();
  const first = await asApp.rest.apps.listWebhookDeliveries({ per_page: 2 });
  expect(first.data.map((one) => [one?.event, one?.status_code])).toEqual([
    ["issues", 500],
    ["issues", 500],
  ]);
  const next = /<([^>]+)>; rel="next"/.exec(first.headers.link ?? "")?.[1] ?? "";
  const cursor = new URL(next).searchParams.get("cursor") ?? "";
  const second = await asApp.rest.apps.listWebhookDeliveries({ per_page: 2, cursor });
  expect(second.data.map(({ event, action }) => `${event}.${action}`)).toEqual([
    "issues.opened",
    "installation.created",
  ]);
  const [{ id = 0, guid = "" } = {}] = second.data;
  const { data: whole } = await asApp.rest.apps.getWebhookDelivery({ delivery_id: id });
  expect(whole.request.payload).toMatchObject({ action: "opened", issue: { title: "one" } });
  answer.status = 202;
  await asApp.rest.apps.redeliverWebhookDelivery({ delivery_id: id });
  await sandbox.idle();
  expect(received.at(-1)?.headers["x-github-delivery"]).toBe(guid);
  const [last] = (await asApp.rest.apps.listWebhookDeliveries({ per_page: 1 })).data;
  expect(last).toMatchObject({ guid, redelivery: true, status_code: 202, status: "OK" });
});

it("tells an App of its installation, of repositories that join it, and of its address", async () => {
  const { sandbox, app, received } = await openWorld();
  await sandbox.addRepository({ owner: "acme", name: "other", files: { a: "1" } });
  await app.install("acme/other");
  await sandbox.idle();
  expect(received.map(({ event, payload }) => `${event}.${payload.action}`)).toEqual([
    "installation.created",
    "installation_repositories.added",
  ]);
  app.setWebhook(`http://${received[0]?.headers["host"]}/again`, "other");
  await sandbox.idle();
  expect(received.at(-1)).toMatchObject({ event: "ping", payload: { hook: { app_id: app.id } } });
});
