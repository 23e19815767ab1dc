import type { AddressInfo } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import { Hono } from "hono";
import { onTestFinished } from "vitest";
import { sha256 } from "../../core/canonical.ts";
import { formatResultName } from "../../core/stages/result-name.ts";
import { zipOf } from "../attested/zip.ts";

const WORKFLOW = ".github/workflows/slipway.yml";

/** GitHub's REST as far as scores are planned and made by it: a run of acme/models with its jobs and results, over what a test puts there. */
export async function startScoringWire(head: string) {
  const state = {
    run: {
      ...{ id: 77, run_attempt: 1, event: "pull_request", path: WORKFLOW, status: "completed", conclusion: "success" },
      ...{ head_sha: head, head_branch: "better", head_repository: { full_name: "acme/models" } },
    } as Record<string, unknown>,
    jobs: [] as { name: string; conclusion: string; run_attempt: number }[],
    zips: new Map<number, Buffer>(),
    /** Open pull requests' heads, by owner:branch. */
    pulls: { "acme:better": [head] } as Record<string, string[]>,
    environment: { deployment_branch_policy: { protected_branches: false, custom_branch_policies: true } } as
      | object
      | null,
    branches: ["main"],
  };
  const app = new Hono();
  const at = "/repos/acme/models";
  app.get(`${at}/actions/runs/77`, (c) => c.json(state.run));
  app.get(`${at}/actions/runs/77/jobs`, (c) => c.json({ total_count: state.jobs.length, jobs: state.jobs }));
  app.get(`${at}/actions/artifacts/:id`, (c) => {
    const id = Number(c.req.param("id"));
    const zip = state.zips.get(id);
    return zip ? c.json({ id, size_in_bytes: zip.length, expired: false, workflow_run: { id: 77 } }) : c.json({}, 404);
  });
  app.get(`${at}/actions/artifacts/:id/zip`, (c) => c.redirect(`/blobs/${c.req.param("id")}`));
  app.get("/blobs/:id", (c) => c.body(new Uint8Array(state.zips.get(Number(c.req.param("id"))) ?? [])));
  app.get(`${at}/pulls`, (c) =>
    c.json((state.pulls[c.req.query("head") ?? ""] ?? []).map((sha, i) => ({ number: i + 1, head: { sha } }))),
  );
  app.get(`${at}/environments/:name`, (c) =>
    state.environment ? c.json(state.environment) : c.json({ message: "Not Found" }, 404),
  );
  app.get(`${at}/environments/:name/deployment-branch-policies`, (c) =>
    c.json({
      total_count: state.branches.length,
      branch_policies: state.branches.map((name) => ({ name, type: "branch" })),
    }),
  );
  const server = createAdaptorServer({ fetch: app.fetch });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  /** A result.json that the run's last job attests. Resolves to that job's name. */
  const attest = (model: string, result: Buffer | string) => {
    const zip = zipOf({ name: "result.json", content: result });
    const artifact = 500 + state.zips.size;
    state.zips.set(artifact, zip);
    const name = formatResultName({ artifact, sha256: sha256(zip) });
    state.jobs.push({ name: `pipeline / ${model} / ${name}`, conclusion: "success", run_attempt: 1 });
    return name;
  };
  return { url, state, attest };
}
