import { afterAll, beforeAll, expect, it } from "vitest";
import { ensureDeployment } from "../../../app/deployments/ensure.ts";
import type { EventContext } from "../../../app/github/event-context.ts";
import { ROUTES } from "../../../app/intake/routes.ts";
import { promoteVersion } from "../../../core/acts/promote.ts";
import type { DeploymentStatus, Pull } from "../../../tools/sandbox/state.ts";
import { type Conversation, startConversation } from "./conversation.ts";

let talk: Conversation;
let first: Pull;
let second: Pull;
/** Runs in the App for the next comment. */
let inApp: ((host: EventContext) => Promise<void>) | undefined;

beforeAll(async () => {
  const comments = ROUTES["issue_comment.created"];
  talk = await startConversation({
    hosted: {
      routes: {
        ...ROUTES,
        "issue_comment.created": async (host, payload) => {
          await inApp?.(host);
          inApp = undefined;
          await comments?.(host, payload);
        },
      },
    },
  });
  first = await talk.registered("first", 60);
  await talk.say("ada", first, "/promote production");
  second = await talk.registered("second", 70, 0.93);
  await talk.say("ada", second, "/promote production");
});
afterAll(() => talk.end());

/** What a deploy job says of a deployment, by its place. */
async function conclude(
  place: number,
  state: "success" | "failure" | "in_progress",
  more: { description?: string; log_url?: string } = {},
) {
  const deployment = [...talk.repo.deployments.values()][place];
  const where = { owner: "acme", repo: "models", deployment_id: deployment?.id ?? 0 };
  await talk.as("ada").rest.repos.createDeploymentStatus({ ...where, state, auto_inactive: false, ...more });
  await talk.hosted.settled();
}

const states = () =>
  [...talk.repo.deployments.values()].map(({ statuses }) =>
    statuses.map((status: DeploymentStatus) => status.state).join(" "),
  );

it("retires the model's earlier deployment when the next one has succeeded, and not before", async () => {
  expect(talk.comments(second)[0]).toContain("In **production** (deployment under way).");
  await conclude(0, "success");
  await conclude(1, "in_progress");
  expect(states()).toEqual(["success", "in_progress"]);
  await conclude(1, "success");
  expect(states()).toEqual(["success inactive", "in_progress success"]);
  expect(talk.replies(second)).toHaveLength(1);
  expect(talk.comments(second)[0]).toContain("In **production** (deployed).");
  expect(talk.comments(first)[0]).toContain("In no stage yet.");
});

it("still knows how far a deployment is after a restart", async () => {
  await talk.hosted.restart();
  await talk.hosted.settled();
  await talk.say("ada", second, "/hold because I want to see the comment written again");
  expect(talk.comments(second)[0]).toContain("In **production** (deployed).");
  await talk.say("ada", second, "/unhold");
});

it("tells a failure where the promotion was asked for, once, as text", async () => {
  await talk.say("ada", second, "/rollback production");
  const log = `${talk.hosted.sandbox.url}/acme/models/actions/runs/1`;
  await conclude(2, "failure", { description: "**disk** full @everyone", log_url: log });
  const replies = talk.replies(second).filter((reply) => reply.includes("was not deployed"));
  expect(replies).toHaveLength(1);
  expect(replies[0]).toContain("❌ **penguins version 1 was not deployed to production**");
  expect(replies[0]).toContain("&#42;&#42;disk&#42;&#42; full @&#8203;everyone");
  expect(replies[0]).toContain(`[its log](${log})`);
  expect(talk.comments(first)[0]).toContain("In **production** (❌ deployment failed).");
});

it("listens to no deployment but its own, nor to one whose payload the registry does not know", async () => {
  const payload = {
    slipway: 1,
    model: "penguins",
    version: 2,
    stage: "production",
    decision: "f".repeat(32),
    artifact_sha256: "0".repeat(64),
  };
  const { data } = await talk.as("ada").rest.repos.createDeployment({
    ...{ owner: "acme", repo: "models", ref: "main", task: "slipway:penguins", environment: "production", payload },
    ...{ auto_merge: false, required_contexts: [] },
  });
  if (!("id" in data)) throw new Error("no deployment");
  const [own] = [...talk.repo.deployments.values()];
  if (own) own.payload = payload;
  await conclude(0, "failure");
  await conclude(3, "failure");
  expect(
    talk
      .replies(first)
      .concat(talk.replies(second))
      .filter((reply) => reply.includes("was not deployed")),
  ).toHaveLength(1);
});

it("opens none for a decision that another one has overtaken, and none twice", async () => {
  const outcomes: string[] = [];
  const before = talk.deployments();
  inApp = async (host) => {
    const snapshot = await host.ports.registry.snapshot();
    for (const decision of await snapshot.list("decision", "penguins")) {
      outcomes.push((await ensureDeployment(host, decision, true)).outcome);
    }
  };
  await talk.say("ada", first, "/help");
  expect(outcomes).toEqual(["superseded", "superseded", "there"]);
  expect(talk.deployments()).toEqual(before);
});

it("moves the stage though GitHub opens no deployment, and says so", async () => {
  const { faults } = talk.hosted.sandbox;
  faults.api({ kind: "fail", status: 422, path: /\/deployments$/, method: "POST" });
  const [reply] = await talk.say("ada", second, "/promote penguins@2 production");
  expect(reply).toContain("✅ **penguins version 2 is in production**");
  expect(reply).toContain("GitHub opened no deployment");
});

it("opens the deployment that a killed App left out, when the next one starts", async () => {
  const { faults } = talk.hosted.sandbox;
  const before = talk.deployments();
  // The act alone, as if that had been all the time there was; and nobody hears of what it pushed.
  inApp = async ({ ports }) => {
    faults.deliveries({ kind: "lost", event: "push", times: 2 });
    const source = { kind: "button" as const, repository: "acme/models", issue: 1, id: "cut-off", place: 0 };
    const requestedBy = { name: "ada", id: "ada" };
    await promoteVersion(ports, { model: "penguins", version: 2, stage: "staging", requestedBy, source });
  };
  await talk.say("ada", second, "/help");
  expect(talk.deployments()).toEqual(before);

  await talk.hosted.restart();
  await talk.hosted.settled();
  // GitHub's refusal of before is tried once more by a new process.
  const opened = ["slipway:penguins 2 → production", "slipway:penguins 2 → staging"];
  expect(talk.deployments().slice(before.length).sort()).toEqual(opened);
  await talk.hosted.restart();
  await talk.hosted.settled();
  expect(talk.deployments()).toHaveLength(before.length + 2);
});

it("does nothing twice when GitHub fails in the middle", async () => {
  const { faults } = talk.hosted.sandbox;
  const before = Number(await talk.git("rev-list", "--count", "registry"));
  const deployments = talk.repo.deployments.size;
  faults.api({ kind: "fail", status: 502, path: /\/deployments$/, method: "POST" });
  inApp = async () => faults.api({ kind: "fail", status: 502, path: /\/issues\/\d+\/comments$/, method: "POST" });
  const replies = await talk.say("ada", second, "/rollback production");
  expect(replies).toHaveLength(1);
  expect(replies[0]).toContain("penguins version 1 is in production again");
  expect(Number(await talk.git("rev-list", "--count", "registry"))).toBe(before + 1);
  expect(talk.repo.deployments.size).toBe(deployments + 1);
});
