import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { parseEnv } from "node:util";
import { Hono } from "hono";
import { html } from "hono/html";
import { parse } from "yaml";
import { z } from "zod";
import { SlipwayError } from "../../core/errors.ts";
import { serverOf } from "./config.ts";
import { listen } from "./listen.ts";

const Registered = z.object({
  id: z.int().positive(),
  client_id: z.string(),
  client_secret: z.string(),
  webhook_secret: z.string(),
  pem: z.string(),
  html_url: z.url(),
});

/**
 * Serves a page that registers the App on GitHub from app.yml, and writes its id, key and secrets to `.env`, both in the current
 * folder. `address` is where GitHub and browsers will reach the App. Only for one's own machine: whoever reaches the page
 * becomes the App's owner. Source: docs.github.com, Registering a GitHub App from a manifest.
 */
export async function serveSetup(address: string | undefined, write = console.log): Promise<void> {
  if (address === undefined || !URL.canParse(address)) {
    throw new SlipwayError("USAGE", "Where will GitHub reach the App?", {
      expected: "node dist/app.js setup https://slipway.example.org",
    });
  }
  // Without its manifest an App would have no permissions.
  if (!existsSync("app.yml"))
    throw new SlipwayError("USAGE", "There is no app.yml in this folder, which says what the App may do", {
      expected: "to be started in the folder of Slipway's repository",
    });
  const { env } = process;
  if (env["APP_ID"]) throw new SlipwayError("USAGE", "The App is set up already: APP_ID is set", { hint: "start it" });
  const api = (env["GITHUB_API_URL"] || "https://api.github.com").replace(/\/+$/, "");
  const server = (env["GITHUB_SERVER_URL"] || serverOf(api)).replace(/\/+$/, "");
  const { origin } = new URL(address);
  const state = randomBytes(24).toString("base64url");
  const app = new Hono();

  app.get("/", (context) => {
    const home = new URL(context.req.url).origin;
    const manifest = {
      ...(parse(readFileSync("app.yml", "utf8")) as object),
      hook_attributes: { url: `${origin}/api/github/webhooks` },
      callback_urls: [`${origin}/login/callback`],
      redirect_url: `${home}/registered`,
    };
    const owner = env["GH_ORG"] ? `/organizations/${encodeURIComponent(env["GH_ORG"])}` : "";
    const policy = `default-src 'none'; form-action ${server}; base-uri 'none'; frame-ancestors 'none'`;
    context.header("content-security-policy", policy);
    return context.html(html`<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Register Slipway</title></head>
<body><h1>Register Slipway on GitHub</h1><p>GitHub shows what the App may do before anything is registered.</p>
<form method="post" action="${server}${owner}/settings/apps/new?state=${state}"><input type="hidden" name="manifest" value="${JSON.stringify(manifest)}">
<button>Register GitHub App</button></form></body></html>`);
  });

  app.get("/registered", async (context) => {
    const { code = "", state: told } = context.req.query();
    if (told !== state) return context.text("This registration was not begun here.", 403);
    const answer = await fetch(`${api}/app-manifests/${encodeURIComponent(code)}/conversions`, {
      method: "POST",
      headers: { accept: "application/vnd.github+json", "user-agent": "slipway" },
    });
    const { data } = Registered.safeParse(answer.ok ? await answer.json() : undefined);
    if (data === undefined) return context.text(`GitHub answered ${answer.status}: register it again.`, 502);
    keep({
      ...{ APP_ID: String(data.id), PRIVATE_KEY: data.pem, WEBHOOK_SECRET: data.webhook_secret },
      ...{ GITHUB_CLIENT_ID: data.client_id, GITHUB_CLIENT_SECRET: data.client_secret, SLIPWAY_URL: origin },
      ...(api === "https://api.github.com" ? {} : { GITHUB_API_URL: api }),
    });
    write("The App is registered, and .env has its secrets: end this with Ctrl-C, and start it.");
    return context.redirect(`${data.html_url}/installations/new`);
  });

  const { url } = await listen(app, { host: "127.0.0.1", port: Number(env["PORT"] || 3000) });
  write(`Listening on ${url} : open it, and press Register GitHub App.`);
}

/** Readable by its owner alone; what else the file says stays. */
function keep(settings: Readonly<Record<string, string>>): void {
  const before = existsSync(".env") ? parseEnv(readFileSync(".env", "utf8")) : {};
  const lines = Object.entries({ ...before, ...settings }).map(
    ([name, value = ""]) => `${name}=${value.includes('"') ? `'${value}'` : `"${value.replace(/\r?\n/g, "\\n")}"`}`,
  );
  writeFileSync(".env", `${lines.join("\n")}\n`, { mode: 0o600 });
  chmodSync(".env", 0o600);
}
