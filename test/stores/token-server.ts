import { execFileSync } from "node:child_process";
import { createPrivateKey, randomUUID, sign, X509Certificate } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TokenAuth } from "../../tools/servers/registry.ts";

export interface Account {
  password: string;
  /** What it may do: pull, push, delete. */
  may: readonly string[];
}

export interface TokenServer {
  auth: TokenAuth;
  host: string;
  /** Each request for a token: its scopes, and who asked. */
  asked: { scopes: string[]; user: string | undefined; grant: string }[];
  stop(): Promise<void>;
}

/** What a user may do in a repository of the registry; undefined for a user with another password, or an unknown one. */
export type AccessOf = (user: string, password: string, repository: string) => readonly string[] | undefined;

/**
 * A server of tokens as Docker's registries know them, with accounts, whose names are refresh tokens too; or with users who
 * are known elsewhere.
 */
export async function startTokenServer(known: Record<string, Account> | AccessOf): Promise<TokenServer> {
  const accounts = typeof known === "function" ? {} : known;
  const accessOf: AccessOf =
    typeof known === "function"
      ? known
      : (user, password) => (accounts[user]?.password === password ? accounts[user]?.may : undefined);
  const folder = await mkdtemp(join(tmpdir(), "slipway-tokens-"));
  const [key, certificate] = [join(folder, "key.pem"), join(folder, "certificate.pem")];
  const subject = ["-subj", "/CN=tokens", "-days", "2", "-nodes"];
  const made = ["req", "-x509", "-newkey", "rsa:2048", "-keyout", key, "-out", certificate, ...subject];
  execFileSync("openssl", made, { stdio: "ignore" });
  const privateKey = createPrivateKey(readFileSync(key));
  const x5c = [new X509Certificate(readFileSync(certificate)).raw.toString("base64")];
  const asked: TokenServer["asked"] = [];

  const tokenFor = (user: string | undefined, scopes: string[], may: (name: string) => readonly string[]) => {
    const access = scopes.map((scope) => {
      const [type, name = "", actions = ""] = scope.split(":");
      return { type, name, actions: actions.split(",").filter((action) => may(name).includes(action)) };
    });
    const now = Math.floor(Date.now() / 1_000);
    const times = { iat: now, nbf: now - 10, exp: now + 300 };
    const claims = { iss: "tokens", sub: user ?? "", aud: "registry", jti: randomUUID(), ...times, access };
    const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
    const text = `${part({ typ: "JWT", alg: "RS256", x5c })}.${part(claims)}`;
    return `${text}.${sign("sha256", Buffer.from(text), privateKey).toString("base64url")}`;
  };

  const server = http.createServer(async (request, response) => {
    const url = new URL(request.url ?? "/", "http://tokens");
    let user: string | undefined;
    let scopes = url.searchParams.getAll("scope");
    let grant = "password";
    let may: (name: string) => readonly string[] = () => [];
    if (request.method === "POST") {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      const form = new URLSearchParams(Buffer.concat(chunks).toString());
      [user, grant, scopes] = [form.get("refresh_token") ?? "", form.get("grant_type") ?? "", form.getAll("scope")];
      const account = accounts[user];
      if (account === undefined) return void response.writeHead(401).end();
      may = () => account.may;
    } else if (request.headers.authorization !== undefined) {
      const basic = Buffer.from(request.headers.authorization.replace(/^Basic /, ""), "base64").toString();
      const [name, password] = [basic.slice(0, basic.indexOf(":")), basic.slice(basic.indexOf(":") + 1)];
      user = name;
      if (accessOf(name, password, "") === undefined) return void response.writeHead(401).end();
      may = (repository) => accessOf(name, password, repository) ?? [];
    }
    asked.push({ scopes, user, grant });
    const token = tokenFor(user, scopes, may);
    response.end(JSON.stringify(grant === "password" ? { token } : { access_token: token }));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    auth: { realm: `http://${host}/token`, service: "registry", issuer: "tokens", certificate },
    host,
    asked,
    async stop() {
      server.close();
      server.closeAllConnections();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
