import { expect, it } from "vitest";
import { type EnvironmentRequest, userEnvironment } from "../../core/runtime/environment.ts";

const build = (rest: Partial<EnvironmentRequest> = {}) =>
  userEnvironment({
    spec: undefined,
    caller: {
      PATH: "/bin",
      HOME: "/home/me",
      GITHUB_TOKEN: "t",
      SSH_AUTH_SOCK: "/s",
      LANG: "de_DE.UTF-8",
      EDITOR: "vi",
    },
    passable: [],
    ...rest,
  });

it("hands on the short list alone, with a home and a folder for temporary files of its own", () => {
  const { env, paths } = build();
  expect(env).toEqual({ PATH: "/bin", LANG: "de_DE.UTF-8", PYTHONDONTWRITEBYTECODE: "1" });
  expect(paths).toEqual({ HOME: "home", TMPDIR: "tmp", GIT_CEILING_DIRECTORIES: "." });
});

it("hands on nothing that opens the artifact store", () => {
  const names = [
    ...["SLIPWAY_OCI_USERNAME", "SLIPWAY_OCI_PASSWORD", "DOCKER_CONFIG", "DOCKER_AUTH_CONFIG"],
    ...[
      "AWS_ACCESS_KEY_ID",
      "AWS_SECRET_ACCESS_KEY",
      "AWS_SESSION_TOKEN",
      "AWS_PROFILE",
      "AWS_WEB_IDENTITY_TOKEN_FILE",
    ],
  ];
  const caller = Object.fromEntries(names.map((name) => [name, "x"]));
  for (const setup of [false, true]) expect(Object.values(build({ caller, setup }).env)).not.toContain("x");
});

it("adds the spec's env, what it passes on, the policy's secrets and the step's variables", () => {
  const { env, paths } = build({
    spec: { env: { OMP_NUM_THREADS: "2" }, pass: ["CUDA_VISIBLE_DEVICES", "NOT_SET"] },
    caller: { CUDA_VISIBLE_DEVICES: "0", HUB_KEY: "k", OTHER_KEY: "o" },
    passable: ["NOT_SET"],
    secrets: ["HUB_KEY"],
    values: { SLIPWAY_SEED: "7" },
    paths: { SLIPWAY_MODEL: "model" },
  });
  expect(paths).toMatchObject({ SLIPWAY_MODEL: "model" });
  expect(env).toMatchObject({ OMP_NUM_THREADS: "2", CUDA_VISIBLE_DEVICES: "0", HUB_KEY: "k", SLIPWAY_SEED: "7" });
  expect(env).not.toHaveProperty("OTHER_KEY");
  expect(env).not.toHaveProperty("NOT_SET");
});

it("gives the real home to a model that the policy lets have it, and to no other", () => {
  const { env, paths } = build({ spec: { pass: ["HOME"] }, passable: ["HOME"] });
  expect(env["HOME"]).toBe("/home/me");
  expect(paths).not.toHaveProperty("HOME");
  expect(() => build({ spec: { pass: ["HOME"] } })).toThrow(/may not name HOME/);
});

it("hands MLflow's client a folder to log into, and says that it is meant", () => {
  const { env, paths } = build({ tracking: "tracking", caller: { MLFLOW_TRACKING_URI: "https://token@mlflow" } });
  expect(paths).toMatchObject({ MLFLOW_TRACKING_URI: "tracking" });
  expect(env).toMatchObject({ MLFLOW_ALLOW_FILE_STORE: "true" });
  expect(env).not.toHaveProperty("MLFLOW_TRACKING_URI");
});

it("lets a model say itself where it logs", () => {
  const { env, paths } = build({ tracking: "tracking", spec: { env: { MLFLOW_TRACKING_URI: "https://own" } } });
  expect(env).toMatchObject({ MLFLOW_TRACKING_URI: "https://own" });
  expect({ ...env, ...paths }).not.toHaveProperty("MLFLOW_ALLOW_FILE_STORE");
  expect(paths).not.toHaveProperty("MLFLOW_TRACKING_URI");
});

it("keeps byte code out of what setup prepared, whatever the spec says", () => {
  expect(build({ spec: { env: { PYTHONDONTWRITEBYTECODE: "" } } }).env["PYTHONDONTWRITEBYTECODE"]).toBe("1");
  expect(build({ setup: true }).env).not.toHaveProperty("PYTHONDONTWRITEBYTECODE");
});

it("gives setup nothing that differs from one day to the next: how much of the machine to use", () => {
  const caller = { CUDA_VISIBLE_DEVICES: "3", MY_PROXY: "p" };
  const spec = { pass: ["CUDA_VISIBLE_DEVICES", "MY_PROXY"] };
  const { env } = build({ caller, spec, passable: ["MY_PROXY"], setup: true });
  expect(env).toMatchObject({ MY_PROXY: "p" });
  expect(env).not.toHaveProperty("CUDA_VISIBLE_DEVICES");
});

it.each(["DATABASE_URL", "PGPASSWORD", "KUBECONFIG", "OPENAI_KEY", "GITHUB_TOKEN", "SSH_AUTH_SOCK"])(
  "hands on no %s that the policy does not name, and says where it would",
  (name) => {
    expect(() => build({ spec: { pass: [name] }, caller: { [name]: "x" } })).toThrow(
      expect.objectContaining({
        code: "SPEC_INVALID",
        problems: [expect.objectContaining({ hint: expect.stringContaining("slipway.yaml of the default branch") })],
      }),
    );
  },
);

it("keeps the platform's variables for the platform", () => {
  expect(() => build({ spec: { env: { SLIPWAY_MODEL: "/elsewhere" } } })).toThrow(/may not name SLIPWAY_MODEL/);
});

it("tells setup alone how to reach package registries", () => {
  const caller = { PIP_INDEX_URL: "https://mirror.example/simple", https_proxy: "http://proxy:3128" };
  expect(build({ caller, setup: true }).env).toMatchObject(caller);
  expect(build({ caller }).env).not.toHaveProperty("PIP_INDEX_URL");
});

it("leaves out a registry's address that holds a password, and names it", () => {
  const caller = { PIP_INDEX_URL: "https://me:secret@mirror.example/simple" };
  const { env, leftOut } = build({ caller, setup: true });
  expect(env).not.toHaveProperty("PIP_INDEX_URL");
  expect(leftOut).toEqual(["PIP_INDEX_URL"]);
});

it("lets no spec move the line above which Git finds no repository", () => {
  const { env, paths } = build({ spec: { env: { GIT_CEILING_DIRECTORIES: "/" } } });
  expect(env).not.toHaveProperty("GIT_CEILING_DIRECTORIES");
  expect(paths).toMatchObject({ GIT_CEILING_DIRECTORIES: "." });
});
