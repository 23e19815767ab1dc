import { ProbotOctokit } from "probot";
import { expect, it } from "vitest";
import { wasEdited } from "../../../app/catch-up/was-edited.ts";

/** What GitHub's GraphQL answers, on the wire. */
function answering(data: unknown): ProbotOctokit {
  const headers = { "content-type": "application/json" };
  const fetch = async () => new Response(JSON.stringify({ data }), { headers });
  return new ProbotOctokit({ request: { fetch }, throttle: { enabled: false } });
}

it.each([
  ["never edited", { node: { lastEditedAt: null } }, false],
  ["edited", { node: { lastEditedAt: "2026-11-25T09:00:00Z" } }, true],
  ["gone", { node: null }, true],
  ["no comment", { node: {} }, true],
  ["not told of", null, true],
  ["told of in another form", { node: { lastEditedAt: 0 } }, true],
])("takes for as it was written only what GitHub says so of: %s", async (_, data, edited) => {
  expect(await wasEdited(answering(data), "IC_1")).toBe(edited);
});
