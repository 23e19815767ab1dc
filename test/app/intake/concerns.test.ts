import { createRequire } from "node:module";
import { expect, it, test } from "vitest";
import type { EventHandler } from "../../../app/github/event-handler.ts";
import type { EventRepository } from "../../../app/github/event-repository.ts";
import { findRoute, ROUTES } from "../../../app/intake/routes.ts";
import { WORKFLOWS } from "../../../core/github.ts";

type Payload = Record<string, unknown>;

const all = createRequire(import.meta.url)("@octokit/webhooks-examples") as { name: string; examples: Payload[] }[];
const repository: EventRepository = {
  ...{ owner: "acme", name: "models", fullName: "acme/models", id: 7, defaultBranch: "trunk" },
  url: "https://github.com/acme/models",
};

/** GitHub's own example, with `about` over what it says of its subjects. */
function example(event: string, action: string | undefined, about: Payload): Payload {
  const found = all.find(({ name }) => name === event)?.examples.findLast((each) => each["action"] === action);
  if (found === undefined) throw new Error(`no example of ${event}`);
  const merged = Object.entries(about).map(([name, value]) => [
    name,
    typeof value === "object" && value !== null ? { ...(found[name] as Payload), ...value } : value,
  ]);
  return { ...found, ...Object.fromEntries(merged) };
}

function concerns(event: string, payload: Payload): boolean | undefined {
  return findRoute(ROUTES, event, payload["action"])?.concerns?.(payload, repository);
}

const comment = (body: string, more: Payload = {}) =>
  example("issue_comment", "created", { comment: { body, ...more } });
const run = (about: Payload) =>
  example("workflow_run", "completed", {
    workflow_run: { path: (about["event"] === "push" ? WORKFLOWS.register : WORKFLOWS.pulls).path, ...about },
  });
const pushed = { event: "push", head_branch: "trunk" };
const own = { head_repository: { id: 7, full_name: "acme/models" } };
const deployment = { slipway: 1, model: "m", version: 1, stage: "production", decision: "0".repeat(16) };
const ours = { payload: { ...deployment, artifact_sha256: "0".repeat(64) } };

test.each<[string, string, Payload]>([
  ["a comment that asks for something", "issue_comment", comment("Nice.\n/promote production")],
  ["one that nearly does", "issue_comment", comment("/promot production")],
  ["a pull request's run of the pipeline", "workflow_run", run({ event: "pull_request" })],
  ["the default branch's", "workflow_run", run({ event: "push", head_branch: "trunk", ...own })],
  ["a push to the default branch", "push", example("push", undefined, { ref: "refs/heads/trunk", deleted: false })],
  ["a push to the registry", "push", example("push", undefined, { ref: "refs/heads/registry", deleted: false })],
  ["a pull request's commit that waits for checks", "check_suite", suite([{ number: 1, base: { repo: { id: 7 } } }])],
  ["a deployment of ours", "deployment_status", example("deployment_status", "created", { deployment: ours })],
])("%s concerns the App", (_, event, payload) => {
  expect(concerns(event, payload)).toBe(true);
});

test.each<[string, string, Payload]>([
  ["people's talk", "issue_comment", comment("Look at /usr/bin:\n/cc @ada")],
  ["a command in a quote", "issue_comment", comment("> /promote production")],
  ["a command by a bot", "issue_comment", comment("/approve", { user: { id: 1, login: "x[bot]", type: "Bot" } })],
  ["another workflow's run", "workflow_run", run({ event: "push", path: ".github/workflows/ci.yml", ...own })],
  ["a push's, by the pull requests' workflow", "workflow_run", run({ ...pushed, path: WORKFLOWS.pulls.path })],
  [
    "a pull request's, by the default branch's",
    "workflow_run",
    run({ event: "pull_request", path: WORKFLOWS.register.path }),
  ],
  ["the pipeline's on another branch", "workflow_run", run({ event: "push", head_branch: "topic", ...own })],
  ["a push to another branch", "push", example("push", undefined, { ref: "refs/heads/topic", deleted: false })],
  ["a push of a tag", "push", example("push", undefined, { ref: "refs/tags/trunk", deleted: false })],
  ["a branch that was removed", "push", example("push", undefined, { ref: "refs/heads/trunk", deleted: true })],
  ["a commit of no pull request", "check_suite", suite([])],
  ["somebody else's deployment", "deployment_status", example("deployment_status", "created", {})],
])("%s does not", (_, event, payload) => {
  expect(concerns(event, payload)).toBe(false);
});

it("lets what it does not understand through, and throws nothing", () => {
  for (const [route, handler] of Object.entries<Pick<EventHandler<"push">, "concerns">>(ROUTES)) {
    for (const payload of [null, [], "x", { comment: {} }, { check_suite: { pull_requests: 1 } }]) {
      expect(handler.concerns?.(payload, repository) ?? true, route).toBe(true);
    }
  }
});

function suite(pull_requests: Payload[]): Payload {
  return example("check_suite", "requested", { check_suite: { pull_requests } });
}
