import type { AddressInfo } from "node:net";
import { createAdaptorServer } from "@hono/node-server";
import { Hono } from "hono";
import { ProbotOctokit } from "probot";
import { sha256 } from "../../core/canonical.ts";
import { formatResultName } from "../../core/stages/result-name.ts";

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

/** The routes of GitHub's REST by which a run's results are read, over what a test puts there. `calls` are those of REST. */
export async function startWire() {
  const state = {
    jobs: [] as WireJob[],
    artifacts: new Map<number, WireArtifact>(),
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

/** The job that attests an artifact. */
export function attestingJob(model: string, artifact: number, zip: Buffer): WireJob {
  const name = formatResultName({ artifact, sha256: sha256(zip) });
  return { name: `pipeline / ${model} / ${name}`, conclusion: "success" };
}
