import { expect, it } from "vitest";
import { policyYaml } from "../../../acts/hosts.ts";
import { gitIn } from "../../../registry/repositories.ts";
import { portalOf } from "../acts/models.ts";
import { testPortal } from "../server.ts";

const STRICTER = policyYaml(0, "{ metric: accuracy, at-least: 0.99 }");
const PROMOTED = { model: "penguins", version: "1", stage: "production" };

async function promoted() {
  const portal = await portalOf(1);
  await portal.send("/acts/promote", PROMOTED);
  return portal;
}

it("shows what each stage asks for, with where the policy says so", async () => {
  const { get } = await portalOf(0);
  const { status, text } = await get("/policy");
  expect(status).toBe(200);
  expect(text).toContain("at least 0.8");
  expect(text).toContain("slipway.yaml:3");
});

it("links each word to its line on GitHub", async () => {
  const { get, ports } = await testPortal(
    { "slipway.yaml": STRICTER },
    { host: { url: "https://github.example/acme/models" } },
  );
  const commit = await gitIn(ports.workspace.folder, "rev-parse", "main");
  expect((await get("/policy")).text).toContain(`https://github.example/acme/models/blob/${commit}/slipway.yaml#L3`);
});

it("shows what is asked of one model, its own gates with their lines", async () => {
  const spec = `slipway: 1
task: classification
data: { train: train.csv, test: test.csv, label: species }
train: { run: node train.mjs }
predict: { run: node predict.mjs }
metrics: { accuracy: { metric: accuracy_score } }
gates:
  staging:
    - { metric: accuracy, at-least: 0.5 }
`;
  const { get } = await portalOf(0, { "models/penguins/model.yaml": spec });
  const { text } = await get("/policy?model=penguins");
  expect(text).toContain("models/penguins/model.yaml:9");
  expect(text).toContain("at least 0.5");
});

it("a repository without a policy and one without a commit each say so", async () => {
  expect((await (await testPortal()).get("/policy")).text).toContain("There is no <code>slipway.yaml</code>");
});

it("a policy that cannot be read is shown with its problems", async () => {
  const { get } = await testPortal({ "slipway.yaml": "slipway: 1\nstagess: [a]\n" });
  const { status, text } = await get("/policy");
  expect(status).toBe(200);
  expect(text).toContain("nothing can be decided");
  expect(text).toContain("slipway.yaml:2");
});

it("a preview tells which verdicts on what is live would come out otherwise", async () => {
  const { send } = await promoted();
  const { status, text } = await send("/policy", { text: STRICTER });
  expect(status).toBe(200);
  expect(text).toContain("1 would come out otherwise");
  expect(text).toContain("would be kept out");
  expect(text).toContain("accuracy: expected at least 0.99, found 0.97");
});

it("a preview tells which refusals a looser policy would have let through", async () => {
  const { send } = await portalOf(1, { "slipway.yaml": STRICTER });
  await send("/acts/promote", PROMOTED);
  const { text } = await send("/policy", { text: policyYaml(0), verdicts: "refused" });
  expect(text).toContain("would pass");
});

it("a preview of approvals says that the version would wait", async () => {
  const { send } = await promoted();
  const { text } = await send("/policy", { text: policyYaml(2) });
  expect(text).toContain("would wait for approvals");
  expect(text).toContain("2 of 2 approvals are missing");
});

it("what was never measured cannot be told", async () => {
  const { send } = await promoted();
  const policy = `slipway: 1
metrics: { auc: { metric: roc_auc_score } }
gates: { production: [{ metric: auc, at-least: 0.5 }] }
`;
  expect((await send("/policy", { text: policy })).text).toContain("cannot be told");
});

it("a comparison that was never made is not made for a preview", async () => {
  const { send, ports } = await promoted();
  const { commit } = await ports.registry.snapshot();
  const versus = policyYaml(0, "{ metric: accuracy, versus: staging, max-regression: 0 }");
  expect((await send("/policy", { text: versus })).text).toContain("cannot be told");
  expect((await ports.registry.snapshot()).commit).toBe(commit);
});

it("a preview with mistakes says where they are", async () => {
  const { send } = await promoted();
  const { status, text } = await send("/policy", { text: "slipway: 1\nstagess: [a]\n" });
  expect(status).toBe(422);
  expect(text).toContain("<code>slipway.yaml:2:1</code>");
});

it("the same policy changes nothing", async () => {
  const { send } = await promoted();
  expect((await send("/policy", { text: policyYaml(0) })).text).toContain("nothing would change");
});

it("a proposal is a commit on a branch, and the default branch stays", async () => {
  const { send, get, ports } = await promoted();
  const { folder } = ports.workspace;
  const main = await gitIn(folder, "rev-parse", "main");
  const { status } = await send("/acts/propose-policy", {
    text: STRICTER.replaceAll("\n", "\r\n"),
    title: "Ask for 0.99",
    why: "",
  });
  expect(status).toBe(303);
  const [, branch = ""] = /git merge (slipway\/policy-[0-9a-f]{10})/.exec((await get("/policy")).text) ?? [];
  expect(await gitIn(folder, "show", `${branch}:slipway.yaml`)).toBe(STRICTER.trimEnd());
  expect(await gitIn(folder, "log", "-1", "--format=%an|%s", branch)).toBe("Ada|Ask for 0.99");
  expect(await gitIn(folder, "rev-parse", "main")).toBe(main);
});

it("a policy that could decide nothing is not proposed", async () => {
  const { send } = await promoted();
  const { status, text } = await send("/acts/propose-policy", { text: "slipway: 2\n", title: "x", why: "" });
  expect(status).toBe(422);
  expect(text).toContain("slipway.yaml:1:10");
});
