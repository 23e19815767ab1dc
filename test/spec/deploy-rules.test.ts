import { describe, expect, it } from "vitest";
import { projectOf } from "./builders.ts";

const IMAGE = `ghcr.io/acme/serve@sha256:${"a".repeat(64)}`;
const policy = (deploy: string) => projectOf({ "slipway.yaml": `slipway: 1\ndeploy: ${deploy}\n` });

describe("deploy in the policy", () => {
  it("describes a stage for KServe or for Kubernetes, with an image for all versions or for each", async () => {
    const { problems } = await policy(
      `{ staging: { kserve: { namespace: ml, open: true }, image: "${IMAGE}" }, production: { url: "https://ml.example/{model}", kubernetes: { replicas: 3, max-replicas: 9, cpu: 500m, memory: 1Gi, secret: penguins }, image: { "penguins@3": "${IMAGE}" } } }`,
    );
    expect(problems).toEqual([]);
  });

  it.each([
    ["a stage that there is not", "{ prod: { kserve: {} } }", /no stage prod/, 11],
    ["a stage described twice", "{ production: { kserve: {}, kubernetes: {} } }", /for KServe and for Kubernetes/, 37],
    ["an image that nothing runs", `{ production: { image: "${IMAGE}" } }`, /nothing that would run it/, 25],
    ["replicas without a token", `{ production: { kserve: {}, image: "${IMAGE}" } }`, /have none/, 25],
    [
      "fewer replicas at most than at least",
      "{ production: { kubernetes: { replicas: 3, max-replicas: 2, cpu: 1 } } }",
      /max-replicas is less/,
      66,
    ],
    [
      "a share of a processor that nobody asks for",
      "{ production: { kubernetes: { max-replicas: 4 } } }",
      /asks for none/,
      53,
    ],
    [
      "a share of a processor without replicas to add",
      "{ production: { kubernetes: { cpu-percent: 50 } } }",
      /none may be/,
      52,
    ],
  ])("is refused for %s, with its place", async (_, deploy, message, column) => {
    const { problems } = await policy(deploy);
    expect(problems).toEqual([
      expect.objectContaining({ code: "POLICY_INVALID", message: expect.stringMatching(message), line: 2, column }),
    ]);
  });

  it.each([
    ["an image by a tag", `{ production: { kserve: {}, image: "ghcr.io/acme/serve:latest" } }`],
    ["an image of no version", `{ production: { kserve: {}, image: { penguins: "${IMAGE}" } } }`],
    ["an address with a user", `{ production: { url: "https://me:secret@ml.example" } }`],
    ["an address with a query", `{ production: { url: "https://ml.example?x=1" } }`],
    ["an address that is none", `{ production: { url: "javascript:alert(1)" } }`],
    ["a namespace that Kubernetes would not take", `{ production: { kserve: { namespace: "My NS" } } }`],
    ["an amount that Kubernetes would not take", `{ production: { kserve: { memory: lots } } }`],
  ])("is refused for %s", async (_, deploy) => {
    const { problems } = await policy(deploy);
    expect(problems).not.toEqual([]);
  });
});
