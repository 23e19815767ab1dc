import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { freePort } from "../free-port.ts";
import { startServer } from "../server-process.ts";
import { program } from "./programs.ts";

export interface S3Server {
  endpoint: string;
  region: string;
  accessKeyId: string;
  secretAccessKey: string;
  /** A folder for each bucket, a file for each object. */
  folder: string;
  /** MiB that it holds. */
  memory(): Promise<number>;
  /** Ends it, and removes its folder if nobody named one. */
  stop(): Promise<void>;
}

/** A real S3 server (versitygw on a folder) with these buckets. Default: a free port, a new folder. With `versions`, buckets may have them. */
export async function startS3(
  buckets: readonly string[],
  options: { folder?: string; port?: number; versions?: boolean } = {},
): Promise<S3Server> {
  const place = await mkdtemp(path.join(tmpdir(), "slipway-s3-"));
  const folder = options.folder ?? path.join(place, "data");
  for (const bucket of buckets) await mkdir(path.join(folder, bucket), { recursive: true });
  // The server does not tell which port it was given, so one is looked for; somebody may take it first.
  const at = options.port ?? (await freePort());
  const server = await startServer({
    // Attributes of objects are files beside them: not every disk keeps extended attributes.
    command: [
      program("versitygw"),
      ...["--port", `127.0.0.1:${at}`, "--health", "/healthz", "posix"],
      ...["--sidecar", await folderIn(place, "attributes")],
      ...(options.versions ? ["--versioning-dir", await folderIn(place, "versions")] : []),
      folder,
    ],
    env: { ROOT_ACCESS_KEY: "playground", ROOT_SECRET_KEY: "playground-secret" },
    listening: (said) => (said.includes("service listening on") ? `http://127.0.0.1:${at}` : undefined),
    first: "/healthz",
  });
  return {
    endpoint: server.url,
    region: "us-east-1",
    accessKeyId: "playground",
    secretAccessKey: "playground-secret",
    folder,
    memory: server.memory,
    async stop() {
      await server.stop();
      await rm(place, { recursive: true, force: true });
    },
  };
}

async function folderIn(place: string, name: string): Promise<string> {
  await mkdir(path.join(place, name), { recursive: true });
  return path.join(place, name);
}
