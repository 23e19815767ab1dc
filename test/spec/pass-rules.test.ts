import { describe, expect, it } from "vitest";
import { projectOf, specWith } from "./builders.ts";

const passing = (...names: string[]) => specWith(`environment: { pass: [${names.join(", ")}] }`);

describe("environment.pass", () => {
  it.each(["DATABASE_URL", "PGPASSWORD", "KUBECONFIG", "OPENAI_KEY", "HOME", "GITHUB_TOKEN", "cuda_visible_devices"])(
    "of a spec is refused for %s, with its place",
    async (name) => {
      const { problems } = await projectOf({ "models/a/model.yaml": passing("TZ", name) });
      expect(problems).toEqual([
        expect.objectContaining({
          code: "SPEC_INVALID",
          found: name,
          file: "models/a/model.yaml",
          line: 12,
          column: 27,
        }),
      ]);
    },
  );

  it("of a spec may name what is harmless, and what the policy names", async () => {
    const { problems } = await projectOf({
      "slipway.yaml": "slipway: 1\nenvironment: { pass: [MY_PROXY] }\n",
      "models/a/model.yaml": passing("CUDA_VISIBLE_DEVICES", "OMP_NUM_THREADS", "TZ", "MY_PROXY"),
    });
    expect(problems).toEqual([]);
  });

  it.each([
    ...["DB_PASSWORD", "GITHUB_TOKEN", "SLIPWAY_SEED", "SLIPWAY_OCI_USERNAME", "DOCKER_CONFIG", "DOCKER_AUTH_CONFIG"],
    ...["AWS_ACCESS_KEY_ID", "AWS_PROFILE", "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_FULL_URI"],
  ])("of a policy is refused for %s", async (name) => {
    const { problems } = await projectOf({ "slipway.yaml": `slipway: 1\nenvironment: { pass: [${name}] }\n` });
    expect(problems).toEqual([expect.objectContaining({ code: "POLICY_INVALID", line: 2, column: 23 })]);
  });
});
