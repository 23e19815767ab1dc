import type { AddressInfo } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import { Octokit } from "@octokit/rest";
import { Hono } from "hono";
import { expect, it, onTestFinished } from "vitest";
import type { EventContext } from "../../../app/github/event-context.ts";
import { findIssues } from "../../../app/monitoring/find-issues.ts";
import { writeIssueBody } from "../../../app/monitoring/issue-body.ts";

const user = { login: "slipway[bot]" };

/** GitHub's lists of so many closed pull requests of the App, and issue 1, which has been open for longer. */
async function contextAfter(pulls: number): Promise<EventContext> {
  const body = writeIssueBody({ model: "rain", isOpen: true, alarms: [] }, "Report");
  const old = { number: 1, state: "open", body, user };
  const newer = Array.from({ length: pulls }, (_, n) => ({
    ...{ number: n + 2, state: "closed", body: "", user, pull_request: {} },
  }));
  const app = new Hono().get("/repos/acme/models/issues", (c) => {
    const { state, page } = c.req.query();
    const all = state === "open" ? [old] : [...newer.reverse(), old];
    return c.json(all.slice(100 * (Number(page) - 1), 100 * Number(page)));
  });
  const server = createAdaptorServer({ fetch: app.fetch });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
  const octokit = new Octokit({ baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
  return { octokit, repository: { owner: "acme", name: "models" }, app: user } as unknown as EventContext;
}

it("finds a model's open issue behind thousands of pull requests that the App opened since", async () => {
  const found = await findIssues(await contextAfter(2_500));
  expect(found.get("rain")).toMatchObject({ number: 1, state: "open" });
});
