import { expect, it } from "vitest";
import { createModel } from "../../../core/acts/create-model.ts";
import { ADA } from "../../registry/builders.ts";
import { testPortal } from "./server.ts";

it("a repository without models says what to do", async () => {
  const { get } = await testPortal();
  const { status, text } = await get("/");
  expect(status).toBe(200);
  expect(text).toContain("slipway register");
});

it("a page that is not there is 404, with a code", async () => {
  const { get } = await testPortal();
  const { status, text } = await get("/nowhere");
  expect(status).toBe(404);
  expect(text).toContain("NOT_FOUND");
  expect(text).toContain('href="/timeline"');
});

it("markup in a model's name is text", async () => {
  const { get, ports } = await testPortal();
  const name = '<img src=x onerror="alert(1)">';
  await createModel(ports, { name, by: ADA });
  const { text } = await get("/");
  expect(text).not.toContain("<img src=x");
  expect(text).toContain("&lt;img src=x onerror=&quot;alert(1)&quot;&gt;");
});

it("a form without this session's token is refused", async () => {
  const { send } = await testPortal();
  const fields = { model: "m", version: "1", stage: "production", token: "made-up" };
  expect(await send("/acts/promote", fields)).toMatchObject({ status: 403 });
});

it("a form of another site is refused, whatever it holds", async () => {
  const { send } = await testPortal();
  const foreign = { origin: "https://evil.example", "sec-fetch-site": "cross-site" };
  expect(await send("/acts/promote", {}, foreign)).toMatchObject({ status: 403 });
});

it("a session that only looks changes nothing", async () => {
  const { send } = await testPortal({}, { visitor: { readOnly: "Only to look." } });
  const answer = await send("/acts/promote", { model: "m", version: "1", stage: "production" });
  expect(answer.status).toBe(403);
  expect(answer.text).toContain("READ_ONLY");
});
