import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { makeKey } from "../git/ssh/keys.ts";
import { modelsRepository, prepared } from "./models-repository.ts";
import { putInto, serve } from "./serving-place.ts";
import { FILES, POLICY, SERVE } from "./tiny-model.ts";

/** Writes the program's whole environment into the file that SEEN names, if there is one. */
const TELLS = `import { writeFileSync as tells } from "node:fs";
if (process.env.SEEN) tells(process.env.SEEN, JSON.stringify(process.env));
`;
const CREDENTIALS = {
  SLIPWAY_SERVE_TOKEN: "the-token",
  AWS_ACCESS_KEY_ID: "the-store-id",
  AWS_SECRET_ACCESS_KEY: "the-store-key",
  GITHUB_TOKEN: "github's-token",
};
/** What a shell adds by itself. */
const SHELLS = new Set(["PWD", "OLDPWD", "SHLVL", "_"]);

/** Version 1 of `batch`, which has a predict program alone, and of `asked`, which has a serving program; both are in production. */
const copied = prepared(async () => {
  const policy = { environment: { pass: ["SEEN"] }, secrets: { predict: ["MODEL_KEY"] } };
  const place = await modelsRepository({ policy, shared: true });
  await place.git("rm", "-rq", "models/tiny");
  const passes = { environment: { pass: ["SEEN"] } };
  await place.addModel("batch", passes);
  await place.addModel("asked", { ...passes, serve: { run: "node serve.mjs" } });
  await place.write({
    "models/batch/predict.mjs": TELLS + FILES["predict.mjs"],
    "models/asked/serve.mjs": TELLS + SERVE,
  });
  await place.commit("programs that tell");
  for (const model of ["batch", "asked"]) {
    const { code, stderr } = await place.slipway("register", model);
    if (code !== 0) throw new Error(stderr);
    await putInto(place, 1, "production", model);
  }
  return place;
});

it.each([
  ["batch", ["MLFLOW_ALLOW_FILE_STORE", "MLFLOW_TRACKING_URI", "SLIPWAY_FEATURES", "SLIPWAY_PREDICTIONS"]],
  ["asked", []],
])(
  "a program gets the secret that the policy names for predicting, and nothing else of serving's: %s",
  async (model, more) => {
    const place = await copied();
    const seen = join(place.root, "seen");
    Object.assign(place.env, CREDENTIALS, { SLIPWAY_SERVE_REPORT_KEY: (await makeKey()).secret });
    Object.assign(place.env, { MODEL_KEY: "the-secret", OTHER: "of nobody's concern", SEEN: seen });
    const { url } = await serve(place, model);
    const response = await fetch(`${url}/v2/models/${model}/infer`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: "Bearer the-token" },
      body: JSON.stringify({ inputs: [{ name: "x", shape: [1], datatype: "FP64", data: [1] }] }),
    });
    expect(response.status, await response.text()).toBe(200);
    const had = JSON.parse(await readFile(seen, "utf8")) as Record<string, string>;
    expect(had["MODEL_KEY"]).toBe("the-secret");
    expect(
      Object.keys(had)
        .filter((name) => !SHELLS.has(name))
        .sort(),
    ).toEqual(
      [
        ...["GIT_CEILING_DIRECTORIES", "HOME", "LANG", "MODEL_KEY", "PATH", "PYTHONDONTWRITEBYTECODE", "SEEN"],
        ...["SLIPWAY_MODEL", "SLIPWAY_RUN_ID", "TMPDIR", ...more],
      ].sort(),
    );
  },
);

it("a program that is run by `slipway predict` gets the same one", async () => {
  const place = await copied();
  const seen = join(place.root, "seen");
  Object.assign(place.env, CREDENTIALS, { MODEL_KEY: "the-secret", SEEN: seen });
  await place.write({ "rows.csv": "id,x\nr1,1\n" });
  expect(await place.slipway("predict", "batch@1", "rows.csv")).toMatchObject({ code: 0 });
  const had = JSON.parse(await readFile(seen, "utf8")) as Record<string, string>;
  expect(had["MODEL_KEY"]).toBe("the-secret");
  for (const name of Object.keys(CREDENTIALS)) expect(had).not.toHaveProperty([name]);
});

it("serving does not start without a secret that the policy names, and says which", async () => {
  const place = await copied();
  place.env["MODEL_KEY"] = "";
  const { code, stderr } = await place.slipway("serve", "--port", "0");
  expect(code).toBe(2);
  expect(stderr).toContain("SECRET_MISSING");
  expect(stderr).toContain("MODEL_KEY in the environment of `slipway serve`");
});

it("a package that is served asks for them by name, and its environment is set up without", async () => {
  const place = await copied();
  const context = join(place.root, "context");
  expect(await place.slipway("package", "asked@1", "--to", context)).toMatchObject({ code: 0 });
  place.env["SLIPWAY_PACKAGE"] = join(context, "package");
  expect(await place.slipway("serve", "--prepare")).toMatchObject({ code: 0 });
  expect(await place.slipway("serve", "--port", "0", "--open")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("MODEL_KEY in the environment"),
  });
  expect(await readFile(join(context, "README.md"), "utf8")).toContain("-e MODEL_KEY");
});

it("the policy hands out nothing that the platform itself finds in its environment", async () => {
  const place = await copied();
  await place.policy({ ...POLICY, secrets: { predict: ["SLIPWAY_SERVE_TOKEN"] } });
  const { code, stdout, stderr } = await place.slipway("check");
  expect(code).toBe(2);
  expect(stdout + stderr).toContain("slipway.yaml:");
});
