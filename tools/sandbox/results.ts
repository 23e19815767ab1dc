import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { appendFile, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { type Context, Hono } from "hono";
import { blobFile, blobUrl } from "./blobs.ts";
import type { Artifact, State, WorkflowRun } from "./state.ts";

/** GitHub keeps an artifact for so long unless it is told otherwise. */
const KEPT_DAYS = 90;

type Answer = { status: 200 | 400 | 401 | 404 | 409; body: Record<string, unknown> };

/** What is between CreateArtifact and FinalizeArtifact. */
interface Upload {
  file: string;
  expiresAt: string;
}

/**
 * What `@actions/artifact` talks to inside a job: five Twirp calls, and blobs that are written in blocks.
 * A name is taken once in an attempt until it is deleted, as on GitHub; the zip's digest is the service's own, not the
 * client's word.
 */
export function resultsService(state: State): Hono {
  const uploads = new Map<string, Upload>();
  const taken = new Set<string>();
  const app = new Hono();

  app.post("/twirp/github.actions.results.api.v1.ArtifactService/:method", async (context) => {
    const at = holder(state, context.req.header("authorization"));
    const request = (await context.req.json()) as Record<string, string>;
    const { status, body } = at ? await answer(context.req.param("method"), at, request) : fail(401, "unauthenticated");
    return context.json(body, status);
  });

  async function answer(method: string, at: Holder, request: Record<string, string>): Promise<Answer> {
    const name = request["name"] ?? "";
    const key = `${at.run.id}/${at.uploads}/${name}`;
    const { artifacts } = at.run.repository;
    const ofRun = [...artifacts.values()].filter(({ run }) => run === at.run).sort((one, two) => two.id - one.id);
    const found = ofRun.find((artifact) => artifact.name === name);
    switch (method) {
      case "CreateArtifact": {
        if (name === "" || /["\\/:<>|*?\r\n]/.test(name)) return fail(400, "invalid artifact name");
        if (taken.has(key)) return fail(409, "an artifact with this name already exists on the workflow run");
        const file = path.join(state.folder, "blobs", createHash("sha256").update(key).digest("hex"));
        const day = 86_400_000;
        const expiresAt = request["expires_at"] ?? new Date(Date.parse(state.now()) + KEPT_DAYS * day).toISOString();
        taken.add(key);
        uploads.set(key, { file, expiresAt });
        return done({ ok: true, signed_upload_url: blobUrl(state, file, "write") });
      }
      case "FinalizeArtifact": {
        const upload = uploads.get(key);
        const bytes = upload ? await readFile(upload.file).catch(() => undefined) : undefined;
        if (!upload || !bytes) return fail(404, "no upload of this name");
        const digest = `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
        if (Number(request["size"]) !== bytes.length || (request["hash"] ?? digest) !== digest)
          return fail(400, "size or hash is not that of what was uploaded");
        uploads.delete(key);
        const id = state.nextId();
        const kept = { id, run: at.run, name, file: upload.file, size: bytes.length, digest, expired: false };
        artifacts.set(id, { ...kept, createdAt: state.now(), expiresAt: upload.expiresAt });
        return done({ ok: true, artifact_id: String(id) });
      }
      case "ListArtifacts": {
        const { name_filter: named, id_filter: id } = request;
        const wanted = ofRun.filter(
          (each) => (named ?? each.name) === each.name && (id ?? `${each.id}`) === `${each.id}`,
        );
        return done({ artifacts: wanted.map((artifact) => listed(artifact, at)) });
      }
      case "GetSignedArtifactURL":
        return found ? done({ name, signed_url: blobUrl(state, found.file) }) : fail(404, "no artifact of this name");
      case "DeleteArtifact":
        if (!found) return fail(404, "no artifact of this name");
        artifacts.delete(found.id);
        taken.delete(key);
        return done({ ok: true, artifact_id: String(found.id) });
      default:
        return fail(404, "no such method");
    }
  }

  app.put("/blobs/:name", async (context) => {
    const file = blobFile(state, new URL(context.req.url), "write");
    // What is finalized stays as it is, however long the address is good for.
    if (!file || ![...uploads.values()].some((upload) => upload.file === file))
      return context.text("AuthenticationFailed", 403);
    const { comp, blockid } = context.req.query();
    if (comp === "block") await writeFile(blockFile(file, blockid ?? ""), await bytesOf(context));
    else if (comp === "blocklist") {
      await writeFile(file, "");
      for (const [, block = ""] of (await context.req.text()).matchAll(/<Latest>([^<]+)<\/Latest>/g)) {
        await appendFile(file, await readFile(blockFile(file, block)));
        await rm(blockFile(file, block));
      }
    } else await writeFile(file, await bytesOf(context));
    return context.body(null, 201, { etag: '"1"', "x-ms-request-id": "0" });
  });
  return app;
}

interface Holder {
  run: WorkflowRun;
  /** The job's id, or the one of the program that runs all of them. */
  id: number;
  /** A name is taken once in here. */
  uploads: string;
}

/** What a job's actions authenticate to this service with; `scp` is where the client finds its run and job. */
export function runtimeToken(state: State, run: WorkflowRun, job: { id: number }): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const signed = `${part({ alg: "HS256", typ: "JWT" })}.${part({ scp: `Actions.Results:${run.id}:${job.id}` })}`;
  return `${signed}.${sign(state, signed)}`;
}

function holder(state: State, authorization = ""): Holder | undefined {
  const [, signed = "", claims = "", signature = ""] = /^Bearer (\S+?\.(\S+))\.(\S+)$/.exec(authorization) ?? [];
  if (!same(signature, sign(state, signed))) return undefined;
  const { scp } = JSON.parse(Buffer.from(claims, "base64url").toString()) as { scp: string };
  const [, runId, jobId] = scp.split(":");
  const run = [...state.repositories.values()].map(({ runs }) => runs.get(Number(runId))).find((each) => each);
  const id = Number(jobId);
  if (run?.worker?.id === id) return { run, ...run.worker };
  const job = run?.jobs.find((each) => each.id === id);
  // A job that has ended holds nothing any more.
  return run && job && job.status !== "completed" ? { run, id, uploads: String(job.attempt) } : undefined;
}

function sign(state: State, text: string): string {
  return createHmac("sha256", state.secret).update(text).digest("base64url");
}

function same(one: string, two: string): boolean {
  return one.length === two.length && timingSafeEqual(Buffer.from(one), Buffer.from(two));
}

function listed(artifact: Artifact, { run, id }: Holder): Record<string, unknown> {
  return {
    workflow_run_backend_id: String(run.id),
    workflow_job_run_backend_id: String(id),
    database_id: String(artifact.id),
    name: artifact.name,
    size: String(artifact.size),
    created_at: artifact.createdAt,
    digest: artifact.digest,
  };
}

function blockFile(file: string, block: string): string {
  return `${file}.${createHash("sha256").update(block).digest("hex").slice(0, 16)}`;
}

async function bytesOf(context: Context): Promise<Buffer> {
  return Buffer.from(await context.req.arrayBuffer());
}

function done(body: Record<string, unknown>): Answer {
  return { status: 200, body };
}

function fail(status: 400 | 401 | 404 | 409, msg: string): Answer {
  return { status, body: { code: "failed", msg } };
}
