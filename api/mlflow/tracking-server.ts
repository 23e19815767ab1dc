import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { z } from "zod";
import { isSafePath } from "../../core/stores/artifact.ts";
import { invalid } from "./errors.ts";

/** Another MLflow server, which has runs, logged models and their files. */
export interface TrackingServer {
  /**
   * Brings the files that a source stands for into a folder that is not there yet. Resolves to false if they are in a
   * storage of its own (`s3://…`), which this server does not read. Rejects with INVALID_PARAMETER_VALUE, saying what the
   * server answered.
   */
  bring(source: string, folder: string): Promise<boolean>;
}

export interface TrackingOptions {
  /** Its address, as the operator gave it. Nothing of a client's request can name another. */
  uri: string;
  /** What is sent to it, and to no other server. */
  authorization?: string | undefined;
  /** Bytes of all files together. */
  maxBytes: number;
}

const MAX_FILES = 10_000;
const MAX_LISTED = 4 * 1024 * 1024;
/** Milliseconds: for an answer to begin, and for each piece of a file. */
const PATIENCE = 30_000;

const Run = z.object({ run: z.object({ info: z.object({ artifact_uri: z.string() }) }) });
const Model = z.object({ model: z.object({ info: z.object({ artifact_uri: z.string() }) }) });
const Listing = z.object({
  files: z.array(z.object({ path: z.string(), is_dir: z.boolean().optional() })).optional(),
});

export function trackingServer({ uri, authorization, maxBytes }: TrackingOptions): TrackingServer {
  const base = uri.replace(/\/+$/, "");
  const headers = authorization === undefined ? {} : { authorization };

  async function ask(path: string, signal: AbortSignal): Promise<Response> {
    const response = await fetch(`${base}${path}`, { headers, redirect: "manual", signal }).catch((error: Error) => {
      throw failed(`it did not answer: ${(error.cause as Error | undefined)?.message ?? error.message}`);
    });
    if (response.ok) return response;
    void response.body?.cancel().catch(() => {});
    throw failed(
      response.status >= 300 && response.status < 400 ? "it sends elsewhere" : `it answered ${response.status}`,
    );
  }

  async function json<T>(path: string, schema: z.ZodType<T>): Promise<T> {
    const response = await ask(path, AbortSignal.timeout(PATIENCE));
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of response.body ?? []) {
      size += chunk.length;
      if (size > MAX_LISTED) throw failed("its answer is too large");
      chunks.push(chunk);
    }
    try {
      return schema.parse(JSON.parse(Buffer.concat(chunks).toString()));
    } catch {
      throw failed("its answer is not one of MLflow's");
    }
  }

  async function placeOf(source: string): Promise<string> {
    const [, run, path] = /^runs:\/+([\w-]{1,100})\/(.+)$/.exec(source) ?? [];
    if (run !== undefined) {
      const { info } = (await json(`/api/2.0/mlflow/runs/get?run_id=${run}`, Run)).run;
      return `${info.artifact_uri.replace(/\/+$/, "")}/${path}`;
    }
    const [, model] = /^models:\/+(m-[\w-]{1,100})\/?$/.exec(source) ?? [];
    if (model !== undefined)
      return (await json(`/api/2.0/mlflow/logged-models/${model}`, Model)).model.info.artifact_uri;
    return source;
  }

  /** Every file below a folder. */
  async function listed(folder: string, found: string[] = []): Promise<string[]> {
    const query = new URLSearchParams({ path: folder });
    const { files = [] } = await json(`/api/2.0/mlflow-artifacts/artifacts?${query}`, Listing);
    for (const { path, is_dir = false } of files) {
      const whole = `${folder}/${path}`;
      if (path.includes("/") || !isSafePath(whole)) throw failed("its list of files leads out of their folder");
      if (is_dir) await listed(whole, found);
      else found.push(whole);
      if (found.length > MAX_FILES) throw failed(`there are more than ${MAX_FILES} files`);
    }
    return found;
  }

  async function download(path: string, target: string, room: number): Promise<number> {
    const stop = new AbortController();
    let timer = setTimeout(() => stop.abort(), PATIENCE);
    const moved = () => {
      clearTimeout(timer);
      timer = setTimeout(() => stop.abort(), PATIENCE);
    };
    try {
      const encoded = path.split("/").map(encodeURIComponent).join("/");
      const response = await ask(`/api/2.0/mlflow-artifacts/artifacts/${encoded}`, stop.signal);
      let size = 0;
      const counted = new Transform({
        transform(chunk: Buffer, _encoding, done) {
          moved();
          size += chunk.length;
          done(size > room ? failed(`its files have more than ${maxBytes} bytes`) : null, chunk);
        },
      });
      const body = Readable.fromWeb(response.body as Parameters<typeof Readable.fromWeb>[0]);
      await mkdir(dirname(target), { recursive: true });
      await pipeline(body, counted, createWriteStream(target, { flags: "wx" }));
      return size;
    } catch (error) {
      if (stop.signal.aborted) throw failed("it stopped sending");
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    async bring(source, folder) {
      const place = await placeOf(source);
      const path = /^mlflow-artifacts:\/+([^/].*)$/.exec(withoutAuthority(place))?.[1]?.replace(/\/+$/, "");
      if (path === undefined) return false;
      if (!isSafePath(path)) throw failed("it keeps the files at no path of its own");
      const files = await listed(path);
      if (files.length === 0) throw failed(`it has no files at ${path}`);
      let room = maxBytes;
      for (const file of files) room -= await download(file, join(folder, file.slice(path.length + 1)), room);
      return true;
    },
  };
}

/** `mlflow-artifacts://host:5000/path` names a server: the operator's is the one that is asked, whatever it says. */
function withoutAuthority(place: string): string {
  return place.replace(/^mlflow-artifacts:\/\/[^/]+\//, "mlflow-artifacts:/");
}

function failed(why: string) {
  return invalid(`The files could not be brought from the tracking server: ${why}.`);
}
