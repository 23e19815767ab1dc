// A models repository with real stores to explore: `npm run playground`. Starts a registry of images and an S3 server on this
// machine, brings a version of a model into each, says what is where, and ends and removes all of it at Ctrl-C. It needs what
// tools/build/servers.mjs brings. `-- --once` ends at once; `-- --dir DIR` keeps the repositories and what is stored in DIR.
import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseDocument } from "yaml";
import { toolsFolder } from "../servers/programs.ts";
import { startRegistry } from "../servers/registry.ts";
import { startS3 } from "../servers/s3.ts";
import { demoOptions } from "./options.ts";
import { slipwayOnPath } from "./slipway-on-path.ts";

const BUNDLE = fileURLToPath(new URL("../../dist/slipway.js", import.meta.url));
const options = demoOptions("playground");
const root = options.dir ?? (await mkdtemp(join(tmpdir(), "slipway-playground-")));
await mkdir(root, { recursive: true });
const packages = await startRegistry({ folder: join(root, "registry-data") });
const s3 = await startS3(["models"], { folder: join(root, "s3-data") });
const credentials = {
  AWS_ACCESS_KEY_ID: s3.accessKeyId,
  AWS_SECRET_ACCESS_KEY: s3.secretAccessKey,
  AWS_REGION: s3.region,
};
const identity = Object.fromEntries(
  ["AUTHOR", "COMMITTER"].flatMap((role) => [
    [`GIT_${role}_NAME`, "Ada Lovelace"],
    [`GIT_${role}_EMAIL`, "ada@example.org"],
  ]),
);
const ended = new Promise<void>((resolve) => {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => resolve());
});
try {
  const oci = await modelsIn("models-oci", `oci://${packages.host}/acme/models`);
  const bucket = await modelsIn("models-s3", { uri: "s3://models/acme", endpoint: s3.endpoint });
  process.stdout.write(`
Two models repositories, each with version 1 of \`penguins\`. Their stores are real servers on this machine.

  ${oci}
      store: oci://${packages.host}/acme/models   a registry of images (docker-registry); anybody may read and write
      bytes: ${packages.folder}
  ${bucket}
      store: s3://models/acme at ${s3.endpoint}   an S3 server (versitygw)
      bytes: ${s3.folder}
      credentials: ${Object.entries(credentials)
        .map(([name, value]) => `${name}=${value}`)
        .join(" ")}

  export PATH="${slipwayOnPath()}:${join(toolsFolder(), "bin")}:$PATH"
  export ${Object.entries(credentials)
    .map(([name, value]) => `${name}=${value}`)
    .join(" ")}

  cd ${oci}
  slipway ls                                                   # versions, and what is live
  slipway show penguins@1                                      # the manifest: where its bytes are, by digest
  slipway pull penguins@1 --to ${root}/penguins   # the bytes, hashed on the way
  oras repo tags --plain-http ${packages.host}/acme/models     # the same with another client of registries
  oras manifest fetch --plain-http --pretty ${await artifactAddress(oci)}
  slipway gc                                                   # what no version names

  cd ${bucket}
  slipway show penguins@1
  find ${s3.folder}/models -type f                             # an object for each digest
  slipway verify --artifacts                                   # every record, tag and byte
`);
  if (!options.once) {
    process.stdout.write(`\nCtrl-C ends the servers${options.dir ? "" : " and removes the folders"}.\n`);
    await ended;
  }
} finally {
  await Promise.all([packages.stop(), s3.stop()]);
  if (options.dir === undefined) await rm(root, { recursive: true, force: true, maxRetries: 3 });
}

/** A repository as `slipway init` makes it, with this store in its policy and a first version in it. Resolves to its folder. */
async function modelsIn(name: string, store: string | object): Promise<string> {
  const folder = join(root, name);
  const env = { ...process.env, ...identity, ...credentials, NO_COLOR: "1" };
  const run = (file: string, args: readonly string[], cwd: string) =>
    execFileSync(file, args, { cwd, env, stdio: ["ignore", "ignore", "inherit"] });
  process.stdout.write(`Making ${folder} …\n`);
  run(process.execPath, [BUNDLE, "init", folder, "--quiet"], root);
  const policy = parseDocument(await readFile(join(folder, "slipway.yaml"), "utf8"));
  policy.setIn(["artifacts", "store"], store);
  await writeFile(join(folder, "slipway.yaml"), policy.toString());
  run("git", ["commit", "--quiet", "--all", "--message", "Keep artifacts in a store of the team's"], folder);
  run(process.execPath, [BUNDLE, "register", "penguins", "--quiet"], folder);
  return folder;
}

async function artifactAddress(folder: string): Promise<string> {
  const shown = execFileSync(process.execPath, [BUNDLE, "show", "penguins@1", "--json"], {
    cwd: folder,
    encoding: "utf8",
  });
  return /oci:\/\/([^"]+)/.exec(shown)?.[1] ?? "";
}
