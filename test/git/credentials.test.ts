import { expect, test } from "vitest";
import { gitConfiguration, tokenEnvironment } from "../../core/git/credentials.ts";

test("settings come behind those that the environment has", () => {
  const outer = { GIT_CONFIG_COUNT: "1", GIT_CONFIG_KEY_0: "a.b", GIT_CONFIG_VALUE_0: "c" };
  expect(gitConfiguration({ "user.name": "Ada" }, outer)).toEqual({
    GIT_CONFIG_COUNT: "2",
    GIT_CONFIG_KEY_1: "user.name",
    GIT_CONFIG_VALUE_1: "Ada",
  });
});

test("a token is for its server, and is not sent along to another one", () => {
  const environment = tokenEnvironment("https://github.com", "ghs_token", {});
  const settings = Object.entries(environment).flatMap(([name, key]) =>
    name.startsWith("GIT_CONFIG_KEY_") ? [[key, environment[name.replace("KEY", "VALUE")]]] : [],
  );
  expect(Object.fromEntries(settings)).toMatchObject({
    "http.https://github.com/.extraHeader": `Authorization: Basic ${Buffer.from("x-access-token:ghs_token").toString("base64")}`,
    "http.followRedirects": "false",
    "credential.helper": "",
  });
});
