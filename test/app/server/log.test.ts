import { expect, test } from "vitest";
import { Secrets } from "../../../app/github/secrets.ts";
import { openLog } from "../../../app/server/log.ts";
import { SlipwayError } from "../../../core/errors.ts";

function setUp() {
  const secrets = new Secrets(2);
  const lines: string[] = [];
  return { secrets, lines, log: openLog("debug", secrets, (line) => void lines.push(line)) };
}

test("a line is one JSON object with its level, its message and what it is about", () => {
  const { log, lines } = setUp();
  log.child({ delivery: "d-1" }).info({ repository: "acme/models" }, "delivery handled");
  expect(lines).toHaveLength(1);
  expect(JSON.parse(lines[0] ?? "")).toMatchObject({
    level: 30,
    delivery: "d-1",
    repository: "acme/models",
    msg: "delivery handled",
  });
});

test("known secrets are hidden wherever they stand, line by line", () => {
  const { secrets, lines, log } = setUp();
  secrets.add('webhook "secret" 1');
  secrets.add("-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKC\nAQEAsecondline\n-----END RSA PRIVATE KEY-----");
  secrets.addPassing("an-odd-looking-token");
  log.info({ a: 'webhook "secret" 1', b: { c: ["x MIIEowIBAAKC y"] } }, "AQEAsecondline and an-odd-looking-token");
  expect(lines.join()).not.toMatch(/secret\\*" 1|MIIEow|AQEAsecond|odd-looking/);
});

test("the oldest passing token is forgotten, a lasting one never", () => {
  const { secrets } = setUp();
  secrets.add("lasting-secret");
  for (const token of ["passing-1", "passing-2", "passing-3"]) secrets.addPassing(token);
  expect(secrets.hide("lasting-secret passing-1 passing-2 passing-3")).toBe("[hidden] passing-1 [hidden] [hidden]");
});

test.each([
  "ghs_16C7e42F292c6912E7710c838347Ae178B4a",
  "github_pat_11ABCDEFG0abcdefghijklmnop",
  "eyJhbGciOiJSUzI1NiJ9.eyJpYXQiOjE3MDAwMDAwMDB9.c2lnbmF0dXJlLW9mLWl0",
  "https://x-access-token:hunter2hunter2@github.com/acme/models.git",
  "Authorization: Basic eC1hY2Nlc3MtdG9rZW46aHVudGVyMg==",
])("what looks like a credential is hidden, known or not: %s", (text) => {
  const secret = /[^ :/@]{14,}(?=@|$)|hunter2/.exec(text)?.[0] ?? text;
  expect(new Secrets().hide(`before ${text} after`)).not.toContain(secret);
  expect(new Secrets().hide(`before ${text} after`)).toMatch(/^before .* after$/);
});

test("an error keeps what helps, and none of the request that it is about", () => {
  const { log, lines } = setUp();
  const answer = Object.assign(new Error("Not Found"), {
    status: 404,
    request: { headers: { authorization: "token abc" }, body: { body: "somebody's comment" } },
    response: { data: { message: "Not Found" } },
  });
  log.error({ err: new SlipwayError("REMOTE_FAILED", "no", { cause: answer }) }, "a handler failed");
  const { err } = JSON.parse(lines[0] ?? "");
  expect(err).toMatchObject({
    type: "SlipwayError",
    code: "REMOTE_FAILED",
    causes: [{ message: "Not Found", status: 404 }],
  });
  expect(lines[0]).not.toMatch(/authorization|comment/);
});
