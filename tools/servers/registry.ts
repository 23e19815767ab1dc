import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { startServer } from "../server-process.ts";
import { program } from "./programs.ts";

/** What the registry asks for with every request: a token that the server at `realm` signs. */
export interface TokenAuth {
  realm: string;
  service: string;
  issuer: string;
  /** A file with the certificate (PEM) of the key that signs tokens. */
  certificate: string;
}

export interface OciRegistry {
  /** `127.0.0.1:5000`, as an `oci://` address names it. */
  host: string;
  url: string;
  /** What it stores. */
  folder: string;
  /** MiB that it holds. */
  memory(): Promise<number>;
  /** Ends it, and removes its folder if nobody named one. */
  stop(): Promise<void>;
}

/** A real registry of container images (docker-registry), which lets clients delete. Default: a free port, a new folder. */
export async function startRegistry(
  options: { tokenAuth?: TokenAuth; folder?: string; port?: number } = {},
): Promise<OciRegistry> {
  const place = await mkdtemp(path.join(tmpdir(), "slipway-oci-"));
  const folder = options.folder ?? path.join(place, "data");
  await mkdir(folder, { recursive: true });
  const { realm, service, issuer, certificate } = options.tokenAuth ?? {};
  const configuration = {
    version: 0.1,
    log: { level: "info" },
    storage: { filesystem: { rootdirectory: folder }, delete: { enabled: true } },
    http: { addr: `127.0.0.1:${options.port ?? 0}` },
    ...(realm && { auth: { token: { realm, service, issuer, rootcertbundle: certificate } } }),
  };
  // JSON is YAML.
  await writeFile(path.join(place, "registry.yml"), JSON.stringify(configuration));
  const server = await startServer({
    command: [program("docker-registry"), "serve", path.join(place, "registry.yml")],
    listening: (said) => /listening on (127\.0\.0\.1:\d+)/.exec(said)?.[1]?.replace(/^/, "http://"),
    first: "/",
  });
  return {
    host: new URL(server.url).host,
    url: server.url,
    folder,
    memory: server.memory,
    async stop() {
      await server.stop();
      await rm(place, { recursive: true, force: true });
    },
  };
}
