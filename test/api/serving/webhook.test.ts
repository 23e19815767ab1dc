import { sign } from "@octokit/webhooks-methods";
import { expect, it } from "vitest";
import { webhookRoute } from "../../../api/serving/webhook.ts";
import { testFace } from "./face.ts";

const SECRET = "a secret of this test";
const PUSH = JSON.stringify({ ref: "refs/heads/registry", after: "a".repeat(40) });

/** A face with the webhook, and how often it was told to look. */
async function hooked() {
  let pokes = 0;
  const poke = () => {
    pokes += 1;
  };
  const face = await testFace({ options: { routes: [webhookRoute({ poke }, SECRET)] } });
  const deliver = async (body: string, headers: Record<string, string> = {}) =>
    face.post("/-/webhook", body, {
      "x-github-event": "push",
      "x-hub-signature-256": await sign(SECRET, body),
      ...headers,
    });
  return { deliver, pokes: () => pokes };
}

it("looks at the registry when GitHub says that it was pushed", async () => {
  const { deliver, pokes } = await hooked();
  expect(await deliver(PUSH)).toMatchObject({ status: 202, body: { outcome: "taken" } });
  expect(pokes()).toBe(1);
});

it.each([
  ["of another branch", JSON.stringify({ ref: "refs/heads/main" }), {}],
  ["of another kind", PUSH, { "x-github-event": "ping" }],
  ["without a branch", "[]", {}],
])("ignores an event %s", async (_, body, headers) => {
  const { deliver, pokes } = await hooked();
  expect(await deliver(body, headers)).toMatchObject({ status: 202, body: { outcome: "ignored" } });
  expect(pokes()).toBe(0);
});

it.each([
  ["with another secret", async () => ({ "x-hub-signature-256": await sign("another", PUSH) })],
  ["of another body", async () => ({ "x-hub-signature-256": await sign(SECRET, `${PUSH} `) })],
  ["not at all", async () => ({ "x-hub-signature-256": "" })],
  ["with garbage", async () => ({ "x-hub-signature-256": "sha256=short" })],
])("refuses what is signed %s", async (_, headers) => {
  const { deliver, pokes } = await hooked();
  expect((await deliver(PUSH, await headers())).status).toBe(401);
  expect(pokes()).toBe(0);
});

it("refuses what is signed and no JSON", async () => {
  const { deliver, pokes } = await hooked();
  expect((await deliver("ref=refs/heads/registry")).status).toBe(400);
  expect(pokes()).toBe(0);
});
