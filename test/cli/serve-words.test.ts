import { expect, it } from "vitest";
import { colorsFor } from "../../cli/colors.ts";
import { cannotListen } from "../../cli/listening.ts";
import { serveOutcome } from "../../cli/serve/serve-outcome.ts";

const colors = colorsFor({}, {}, false);
const AT = { url: "http://127.0.0.1:8080", stage: "staging", token: undefined };

it("a model without a version in the stage is named, with the command that puts one there", () => {
  const empty = { model: "penguins", stage: "staging", beside: [] };
  const { text } = serveOutcome({ colors }, { endpoints: () => [empty] }, AT);
  expect(text).toContain("✗ no version of penguins answers in staging");
  expect(text).toContain("slipway promote penguins@<version> staging");
});

it("a version that cannot answer is told with the reason alone", () => {
  const broken = { model: "penguins", stage: "staging", beside: [], problem: "no such file" };
  const { text } = serveOutcome({ colors }, { endpoints: () => [broken] }, AT);
  expect(text).toContain("✗ no version of penguins answers in staging: no such file");
  expect(text).not.toContain("slipway promote");
});

it("a stage without versions says what comes, and how", () => {
  const { text } = serveOutcome({ colors }, { endpoints: () => [] }, AT);
  expect(text).toContain("the first one will answer here");
  expect(text).toContain("slipway promote <model>@<version> staging");
});

it("a port that is taken is told in words, with another one", () => {
  const cause = Object.assign(new Error("listen EADDRINUSE"), { code: "EADDRINUSE" });
  expect(cannotListen("127.0.0.1", 8080, cause)).toMatchObject({
    message: "the server cannot listen on 127.0.0.1:8080: another program listens there already",
    problems: [{ hint: expect.stringContaining("--port 8081") }],
  });
});
