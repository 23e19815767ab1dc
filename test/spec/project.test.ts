import { describe, expect, it } from "vitest";
import { unsupportedSpec } from "../../core/spec/unsupported.ts";
import { dataWith, projectOf, specWith } from "./builders.ts";

const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIE0LvUoUlBwFgkJUbuQHTqdyMBNqAgkpuDQWQ1B4V0zd";

describe("loadProject", () => {
  it("looks in the folder that the policy names", async () => {
    const project = await projectOf({
      "slipway.yaml": "slipway: 1\nmodels: ml/models\n",
      "ml/models/a/model.yaml": specWith(),
    });
    expect([...project.models.keys()]).toEqual(["a"]);
  });

  it("leaves a model with a problem out, and keeps the others", async () => {
    const project = await projectOf({
      "models/a/model.yaml": specWith("task: x"),
      "models/b/model.yaml": specWith(),
      "models/c/model.yaml": { link: "../b/model.yaml" },
      "models/d/model.yaml": "#".repeat(300 * 1024),
    });
    expect([...project.models.keys()]).toEqual(["b"]);
    expect(project.problems.map(({ file, code }) => [file, code])).toEqual([
      ["models/a/model.yaml", "SPEC_INVALID"],
      ["models/c/model.yaml", "SYMLINK_REFUSED"],
      ["models/d/model.yaml", "FILE_TOO_LARGE"],
    ]);
  });

  it("refuses a folder's name that cannot be a model's", async () => {
    const { problems, models } = await projectOf({ "models/my model/model.yaml": specWith() });
    expect(problems).toEqual([
      expect.objectContaining({ file: "models/my model/model.yaml", hint: "rename the folder" }),
    ]);
    expect(models.size).toBe(0);
  });

  it("says that model.yml is not read", async () => {
    const { problems } = await projectOf({ "models/a/model.yml": specWith() });
    expect(problems).toEqual([
      expect.objectContaining({ file: "models/a/model.yml", hint: "rename it to model.yaml" }),
    ]);
  });

  it("reads the models asked for alone, and says which there is not", async () => {
    const files = { "models/penguins/model.yaml": specWith(), "models/b/model.yaml": "broken" };
    const { models, problems } = await projectOf(files, { models: ["penguins", "penguin", "../x"] });
    expect([...models.keys()]).toEqual(["penguins"]);
    expect(problems.map(({ code, hint }) => [code, hint])).toEqual([
      ["MODEL_UNKNOWN", "did you mean penguins?"],
      ["MODEL_UNKNOWN", undefined],
    ]);
  });

  it.each([
    ["a policy's unknown key", "gtaes: {}", "UNKNOWN_KEY", /gtaes/],
    ["a stage register", "stages: [register]", "POLICY_INVALID", /register is not a stage/],
    ["a floor of no stage", "gates: { prod: [] }", "POLICY_INVALID", /no stage prod/],
    ["approvals of no stage", "approvals: { prod: 1 }", "POLICY_INVALID", /no stage prod/],
    ["versions imported for no stage", "register: { imported: [prod] }", "POLICY_INVALID", /no stage prod/],
    ["versions imported for production", "register: { imported: [production] }", "POLICY_INVALID", /evaluated/],
    ["floors for no model", "overrides: { aa: { gates: {} } }", "POLICY_INVALID", /no model aa/],
    [
      "a signer's key that is none",
      'signers: [{ name: a, key: "ssh-ed25519 AAAA" }]',
      "POLICY_INVALID",
      /no SSH public key/,
    ],
    [
      "a signer's key twice",
      `signers: [{ name: a, key: "${KEY}" }, { name: b, key: "${KEY}" }]`,
      "POLICY_INVALID",
      /twice/,
    ],
    [
      "a signer's key of no moment",
      `signers: [{ name: a, key: "${KEY}", valid-after: 2026-02-01T00:00:00Z, valid-before: 2026-01-01T00:00:00Z }]`,
      "POLICY_INVALID",
      /at no moment/,
    ],
    ["a share of a try", "tries: 2.5", "POLICY_INVALID", /tries/],
    ["a preview that leaves too little to decide on", "preview: 0.95", "POLICY_INVALID", /preview/],
    ["a store of no known kind", "artifacts: { store: ftp://host/x }", "UNSUPPORTED", /no store of that kind/],
    ["a store that cannot be", "artifacts: { store: { uri: s3://BAD/x } }", "POLICY_INVALID", /no bucket/],
    [
      "a request log at no known kind of store",
      "monitor: { requests: { store: ftp://host/x } }",
      "UNSUPPORTED",
      /no store of that kind/,
    ],
    ["a models folder outside", "models: ../x", "PATH_OUTSIDE", /models/],
    ["a floor that asks nothing", "gates: { production: [{ metric: artifact_mb }] }", "POLICY_INVALID", /asks nothing/],
  ])("refuses %s", async (_, line, code, message) => {
    const { problems } = await projectOf({
      "slipway.yaml": `slipway: 1\n${line}\n`,
      "models/a/model.yaml": specWith(),
    });
    expect(problems).toEqual([
      expect.objectContaining({ code, message: expect.stringMatching(message), file: "slipway.yaml", line: 2 }),
    ]);
  });

  const RULE = "metric: error_rate, at-most: 0.02, min-requests: 200";
  it.each([
    [
      "steps that do not end in the stage",
      "[{ shadow: 1h }, { share: 0.5, for: 1h }]",
      "",
      "{ share: 0.5",
      /last step does not put/,
    ],
    ["a last step with an end", "[{ shadow: 1h }, { share: 1, for: 1h }]", "", "1h }] }", /last step has no end/],
    [
      "shares that fall",
      "[{ share: 0.5, for: 1h }, { share: 0.1, for: 1h }, { share: 1 }]",
      "",
      "0.1, for",
      /does not rise: it was 0.5/,
    ],
    [
      "a shadow after a share",
      "[{ share: 0.5, for: 1h }, { shadow: 1h }, { share: 1 }]",
      "",
      "{ shadow",
      /the share falls/,
    ],
    ["all requests before the last step", "[{ share: 1 }, { share: 1 }]", "", "1 }, {", /1 is the last step/],
    ["a share without an end", "[{ share: 0.5 }, { share: 1 }]", "", "{ share: 0.5 }", /how long it lasts/],
    ["one step alone", "[{ share: 1 }]", "", "[{ share: 1 }]", /steps is not what it must be/],
    ["a step of two kinds", "[{ shadow: 1h, share: 0.1 }, { share: 1 }]", "", "share: 0.1", /share is not a key/],
    [
      "a rule without a least number",
      "[{ shadow: 1h }, { share: 1 }]",
      "[{ metric: error_rate, at-most: 0.1 }]",
      "{ metric",
      /min-requests is missing/,
    ],
    [
      "a rule twice",
      "[{ shadow: 1h }, { share: 1 }]",
      `[{ ${RULE} }, { ${RULE} }]`,
      "error_rate, at-most: 0.02, min-requests: 200 }] }",
      /error_rate stands twice/,
    ],
    [
      "a rule that is no share",
      "[{ shadow: 1h }, { share: 1 }]",
      "[{ metric: error_rate, at-most: 2, min-requests: 1 }]",
      "2, min",
      /error_rate is a share/,
    ],
    [
      "disagreement without a shadow",
      "[{ share: 0.5, for: 1h }, { share: 1 }]",
      "[{ metric: disagreement, at-most: 0.2, min-requests: 1 }]",
      "disagreement",
      /shadow steps/,
    ],
  ])("refuses a rollout with %s", async (_, steps, abort, at, message) => {
    const plan = `steps: ${steps}${abort === "" ? "" : `, abort: ${abort}`}`;
    const line = `rollout: { production: { ${plan} } }`;
    const { problems } = await projectOf({ "slipway.yaml": `slipway: 1\n${line}\n` });
    expect(
      problems.map((each) => [each.line, line.slice((each.column ?? 0) - 1).slice(0, at.length), each.message]),
    ).toEqual([[2, at, expect.stringMatching(message)]]);
  });

  it.each([
    ["rollout: { prod: { steps: [{ shadow: 1h }, { share: 1 }] } }", /no stage prod/],
    ['rollout: { reporter: "ssh-ed25519 AAAA" }', /no SSH public key/],
  ])("refuses %s", async (line, message) => {
    const { problems } = await projectOf({ "slipway.yaml": `slipway: 1\n${line}\n` });
    expect(problems).toEqual([
      expect.objectContaining({ code: "POLICY_INVALID", message: expect.stringMatching(message), line: 2 }),
    ]);
  });

  it("takes a rollout of every kind of step, with every rule", async () => {
    const abort = `[{ ${RULE} }, { metric: latency_p99_ms, at-most: 300, min-requests: 200 }, { metric: disagreement, at-most: 0.2, min-requests: 200 }]`;
    const plan = `production: { steps: [{ shadow: 1h }, { share: 0.1, for: 30m }, { share: 1 }], abort: ${abort} }`;
    const { problems } = await projectOf({ "slipway.yaml": `slipway: 1\nrollout: { ${plan}, reporter: "${KEY}" }\n` });
    expect(problems).toEqual([]);
  });

  it("warns of what this machine cannot honour, and refuses nothing for it", async () => {
    const { warnings, problems } = await projectOf({
      "slipway.yaml": "slipway: 1\nsecrets: { train: [TOKEN] }\n",
      "models/a/model.yaml": `${dataWith("  train: gs://bucket/x.csv", "  id: row", "  labels: ftp://host/y.csv")}\nenvironment: { image: python }`,
    });
    expect(problems).toEqual([]);
    expect(warnings.map(({ file, line, code }) => [file, line, code])).toEqual([
      ["slipway.yaml", 2, "UNSUPPORTED"],
      ["models/a/model.yaml", 14, "UNSUPPORTED"],
      ["models/a/model.yaml", 11, "UNSUPPORTED"],
      ["models/a/model.yaml", 13, "UNSUPPORTED"],
    ]);
  });
});

describe("unsupportedSpec", () => {
  it("asks for --here where another runner is named", async () => {
    const spec = specWith("train: { run: x, runs-on: [gpu, linux] }");
    const model = (await projectOf({ "models/a/model.yaml": spec })).models.get("a");
    if (model === undefined) throw new Error("the spec should load");
    expect(unsupportedSpec(model.spec, model)).toEqual([
      expect.objectContaining({
        message: "train asks for the runner gpu, linux",
        hint: expect.stringContaining("--here"),
      }),
    ]);
    expect(unsupportedSpec(model.spec, model, { here: true })).toEqual([]);
  });

  it("takes https:, file: and paths", async () => {
    const spec = dataWith("  train: [https://example.org/a.csv, file:/data/b.csv, c.csv]");
    const model = (await projectOf({ "models/a/model.yaml": spec })).models.get("a");
    expect(model && unsupportedSpec(model.spec, model)).toEqual([]);
  });
});
