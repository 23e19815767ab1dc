import type { AddressInfo } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import { Hono } from "hono";
import { ProbotOctokit } from "probot";
import { sha256 } from "../../core/canonical.ts";
import { formatResultName } from "../../core/pipeline/result-name.ts";

export interface WireArtifact {
  zip: Buffer;
  run: number;
  /** What GitHub says of its size, where that is not the truth. */
  size?: number;
  expired?: boolean;
}

export interface WireJob {
  name: string;
  conclusion: string | null;
  run_attempt?: number;
}

export interface WireRecord {
  id: number;
  [key: string]: unknown;
}

/** The few routes of GitHub's REST that the App's reports call, over what a test puts there. `calls` are those of REST. */
export async function startWire() {
  const state = {
    jobs: [] as WireJob[],
    artifacts: new Map<number, WireArtifact>(),
    comments: [] as WireRecord[],
    checks: [] as WireRecord[],
    pulls: [] as Record<string, unknown>[],
    runs: [] as Record<string, unknown>[],
    calls: [] as string[],
    /** Of the last fetch of an artifact's bytes. */
    authorization: undefined as string | undefined,
  };
  const app = new Hono();
  app.use("/repos/*", async (c, next) => {
    state.calls.push(`${c.req.method} ${c.req.path.replace(/^\/repos\/[^/]+\/[^/]+/, "")}`);
    await next();
  });
  const repository = "/repos/:owner/:name";
  app.get(`${repository}/actions/runs/:id/jobs`, (c) => {
    const from = (Number(c.req.query("page") ?? 1) - 1) * 100;
    return c.json({ total_count: state.jobs.length, jobs: state.jobs.slice(from, from + 100) });
  });
  app.get(`${repository}/actions/artifacts/:id`, (c) => {
    const id = Number(c.req.param("id"));
    const found = state.artifacts.get(id);
    if (!found) return c.json({ message: "Not Found" }, 404);
    const { zip, run, size = zip.length, expired = false } = found;
    return c.json({ id, size_in_bytes: size, expired, workflow_run: { id: run } });
  });
  app.get(`${repository}/actions/artifacts/:id/zip`, (c) => c.redirect(`/blobs/${c.req.param("id")}`));
  app.get("/blobs/:id", (c) => {
    state.authorization = c.req.header("authorization");
    const found = state.artifacts.get(Number(c.req.param("id")));
    return found ? c.body(new Uint8Array(found.zip)) : c.notFound();
  });
  app.get(`${repository}/issues/:n/comments`, (c) => c.json(state.comments));
  app.post(`${repository}/issues/:n/comments`, async (c) => {
    const comment = { id: state.comments.length + 1, user: { login: "slipway[bot]" }, ...(await c.req.json()) };
    state.comments.push(comment);
    return c.json(comment, 201);
  });
  app.patch(`${repository}/issues/comments/:id`, async (c) => {
    const found = state.comments.find(({ id }) => id === Number(c.req.param("id")));
    if (!found) return c.json({ message: "Not Found" }, 404);
    return c.json(Object.assign(found, await c.req.json()));
  });
  app.get(`${repository}/commits/:sha/check-runs`, (c) => {
    const found = state.checks.filter(({ head_sha }) => head_sha === c.req.param("sha"));
    return c.json({ total_count: found.length, check_runs: found });
  });
  app.post(`${repository}/check-runs`, async (c) => {
    const check = { id: state.checks.length + 1, app: { id: 7 }, ...(await c.req.json()) };
    state.checks.push(check);
    return c.json(check, 201);
  });
  app.patch(`${repository}/check-runs/:id`, async (c) => {
    const found = state.checks.find(({ id }) => id === Number(c.req.param("id")));
    if (!found) return c.json({ message: "Not Found" }, 404);
    return c.json(Object.assign(found, await c.req.json()));
  });
  app.get(`${repository}/pulls`, (c) => c.json(state.pulls));
  app.get(`${repository}/pulls/:n`, (c) => {
    const found = state.pulls.find(({ number }) => number === Number(c.req.param("n")));
    return found ? c.json(found) : c.json({ message: "Not Found" }, 404);
  });
  app.get(`${repository}/commits/:sha/pulls`, (c) => c.json(state.pulls));
  app.get(`${repository}/actions/runs`, (c) => c.json({ total_count: state.runs.length, workflow_runs: state.runs }));

  const server = createAdaptorServer({ fetch: app.fetch });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const Octokit = ProbotOctokit.defaults((options: object) => ({
    ...options,
    throttle: { enabled: false },
    retry: { enabled: false },
  }));
  return {
    ...{ state, url },
    octokit: new Octokit({ baseUrl: url, auth: { token: "secret" } }) as ProbotOctokit,
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}
export type Wire = Awaited<ReturnType<typeof startWire>>;

/** The job that vouches for an artifact. */
export function vouchingJob(model: string, artifact: number, zip: Buffer): WireJob {
  const name = formatResultName({ artifact, sha256: sha256(zip) });
  return { name: `pipeline / ${model} / ${name}`, conclusion: "success" };
}
