// What actions/checkout does, over Git's own HTTP with the job's token.
import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";

const { GITHUB_API_URL, GITHUB_SERVER_URL, GITHUB_REPOSITORY, GITHUB_REF, GITHUB_SHA, GITHUB_WORKSPACE } = process.env;
const input = (name) => process.env[`INPUT_${name.toUpperCase()}`] ?? "";
const repository = input("repository") || GITHUB_REPOSITORY;
const own = repository === GITHUB_REPOSITORY;
const given = input("ref");
const named = /^(refs\/|[0-9a-f]{40}$)/.test(given) ? given : `refs/heads/${given}`;
const ref = given === "" ? (own ? GITHUB_REF : "") : named;
const wanted = given === "" && own ? GITHUB_SHA : ref || "HEAD";
const folder = join(GITHUB_WORKSPACE, input("path"));
const header = `AUTHORIZATION: basic ${Buffer.from(`x-access-token:${input("token")}`).toString("base64")}`;
// Git reaches the stand-in by its address; the remote's name in the clone is the one that actions see.
const from = `${GITHUB_API_URL}/${repository}.git`;
const config = [`http.${GITHUB_API_URL}/.extraheader`, header];
const env = { ...process.env, GIT_CONFIG_NOSYSTEM: "1", GIT_CONFIG_COUNT: "1" };
[env.GIT_CONFIG_KEY_0, env.GIT_CONFIG_VALUE_0] = config;
const git = (...args) => execFileSync("git", args, { cwd: folder, env, stdio: ["ignore", "inherit", "inherit"] });

mkdirSync(folder, { recursive: true });
git("init", "-q");
git("remote", "add", "origin", `${GITHUB_SERVER_URL}/${repository}`);
const all = input("fetch-depth") === "0";
if (all) git("fetch", "-q", from, "+refs/heads/*:refs/remotes/origin/*", "+refs/tags/*:refs/tags/*");
git("fetch", "-q", ...(all ? [] : ["--no-tags", `--depth=${input("fetch-depth")}`]), from, wanted);
const branch = /^refs\/heads\/(.+)$/.exec(ref)?.[1];
if (branch) git("update-ref", `refs/remotes/origin/${branch}`, "FETCH_HEAD");
git("checkout", "-q", "--force", ...(branch ? ["-B", branch] : ["--detach"]), "FETCH_HEAD");
if (input("persist-credentials") !== "false") git("config", `http.${GITHUB_SERVER_URL}/.extraheader`, header);
