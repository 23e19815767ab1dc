import { mkdir } from "node:fs/promises";
import path from "node:path";
import { git } from "../../../core/git/run.ts";
import type { Place } from "./place.ts";

/** What actions/checkout does, over Git's own HTTP with the job's token. */
export async function checkout(inputs: Readonly<Record<string, string>>, place: Place): Promise<void> {
  const { repo, trigger, state } = place.attempt;
  const repository = inputs["repository"] || repo.fullName;
  const own = repository === repo.fullName;
  const folder = path.join(place.workspace, inputs["path"] ?? "");
  const server = String(place.github["server_url"]);
  const given = inputs["ref"] ?? "";
  const ref =
    given === "" ? (own ? trigger.ref : "") : /^(refs\/|[0-9a-f]{40}$)/.test(given) ? given : `refs/heads/${given}`;
  const wanted = given === "" && own ? trigger.sha : ref || "HEAD";
  const depth = Number(inputs["fetch-depth"] ?? "1");
  const basic = Buffer.from(`x-access-token:${inputs["token"] ?? ""}`).toString("base64");
  const header = `AUTHORIZATION: basic ${basic}`;
  const env: Record<string, string> = {
    HOME: place.home,
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_COUNT: "1",
    GIT_CONFIG_KEY_0: `http.${state.url}/.extraheader`,
    GIT_CONFIG_VALUE_0: header,
  };
  const at = (...args: string[]) => git(folder, args, { env });
  await mkdir(folder, { recursive: true });
  await at("init", "-q");
  await at("remote", "add", "origin", `${server}/${repository}`);
  // Git reaches the stand-in by its address; the remote's name in the clone is the one that actions see.
  const from = `${state.url}/${repository}.git`;
  if (depth === 0) await at("fetch", "-q", from, "+refs/heads/*:refs/remotes/origin/*", "+refs/tags/*:refs/tags/*");
  const few = depth === 0 ? [] : ["--no-tags", `--depth=${depth}`];
  await at("fetch", "-q", ...few, from, wanted);
  const branch = /^refs\/heads\/(.+)$/.exec(ref)?.[1];
  if (branch) await at("update-ref", `refs/remotes/origin/${branch}`, "FETCH_HEAD");
  await at("checkout", "-q", "--force", ...(branch ? ["-B", branch] : ["--detach"]), "FETCH_HEAD");
  if (inputs["persist-credentials"] !== "false") await at("config", `http.${server}/.extraheader`, header);
}
