// Brings the real tools and servers that `npm run test:servers` needs, where they are not in place yet, into
// $SLIPWAY_TOOLS (default: slipway-tools in the folder for temporary files): act, oras, versitygw and actionlint by Go,
// docker-registry by apt-get, Node 24 by npm. Costs a few milliseconds where they are. Prints the folder to put on PATH.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

const folder = process.env.SLIPWAY_TOOLS || join(tmpdir(), "slipway-tools");
const bin = join(folder, "bin");
const NODE = "24.21.0";

const BY_GO = {
  act: "github.com/nektos/act@v0.2.89",
  actionlint: "github.com/rhysd/actionlint/cmd/actionlint@v1.7.12",
  oras: "oras.land/oras/cmd/oras@v1.3.6",
  versitygw: "github.com/versity/versitygw/cmd/versitygw@v1.8.0",
};

mkdirSync(bin, { recursive: true });
for (const [name, source] of Object.entries(BY_GO)) {
  if (existsSync(join(bin, name))) continue;
  say(`${name} (go install ${source})`);
  run("go", ["install", source], { GOBIN: bin });
}
if (!existsSync(join(bin, "docker-registry"))) {
  if (!onPath("docker-registry")) {
    say("docker-registry (apt-get install)");
    const asRoot = process.getuid?.() === 0 ? [] : ["sudo", "-n"];
    const [program, ...args] = [...asRoot, "apt-get"];
    run(program, [...args, "update", "-qq"]);
    run(program, [...args, "install", "-y", "-qq", "--no-install-recommends", "docker-registry"]);
  }
  symlinkSync(
    onPath("docker-registry") ?? missing("docker-registry", "apt-get installed it outside PATH"),
    join(bin, "docker-registry"),
  );
}
// Actions of GitHub's runners are started by Node 24; act takes the first `node` on PATH.
const node = join(folder, "node24");
if (!existsSync(join(node, "node_modules/.bin/node"))) {
  say(`Node ${NODE} (npm install)`);
  mkdirSync(node, { recursive: true });
  run("npm", ["install", "--prefix", node, "--no-audit", "--no-fund", "--silent", `node@${NODE}`]);
}
console.log(bin);

function run(program, args, env = {}) {
  const options = { stdio: ["ignore", 2, 2], env: { ...process.env, DEBIAN_FRONTEND: "noninteractive", ...env } };
  const { status, error } = spawnSync(program, args, options);
  if (status !== 0) missing(`${program} ${args.join(" ")}`, error?.message ?? `exit code ${status}`);
}

function onPath(name) {
  const folders = `${process.env.PATH ?? ""}${delimiter}/usr/bin`.split(delimiter);
  return folders.map((each) => join(each, name)).find((file) => existsSync(file));
}

function say(what) {
  process.stderr.write(`Fetching ${what} …\n`);
}

function missing(what, why) {
  process.stderr.write(
    `${what} failed: ${why}.\nThe tests on real servers need Go, npm, and apt-get (as root, or sudo without a password), or ` +
      `the programs ${Object.keys(BY_GO).join(", ")} and docker-registry in ${bin}.\n`,
  );
  process.exit(1);
}
