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
    home: "/run/home",
    temporary: "/run/tmp",
    ceiling: "/run",
    mark: "mark",
    passable: [],
    ...rest,
  });

it("hands on the short list alone, with a home and a folder for temporary files of its own", () => {
  expect(build().env).toEqual({
    PATH: "/bin",
    LANG: "de_DE.UTF-8",
    HOME: "/run/home",
    TMPDIR: "/run/tmp",
    GIT_CEILING_DIRECTORIES: "/run",
    PYTHONDONTWRITEBYTECODE: "1",
    SLIPWAY_RUN_ID: "mark",
  });
});

it("adds the spec's env, what it passes on, the policy's secrets and the step's variables", () => {
  const { env } = build({
    spec: { env: { OMP_NUM_THREADS: "2" }, pass: ["CUDA_VISIBLE_DEVICES", "NOT_SET"] },
    caller: { CUDA_VISIBLE_DEVICES: "0", HUB_KEY: "k", OTHER_KEY: "o" },
    passable: ["NOT_SET"],
    secrets: ["HUB_KEY"],
    slipway: { SLIPWAY_SEED: "7" },
  });
  expect(env).toMatchObject({ OMP_NUM_THREADS: "2", CUDA_VISIBLE_DEVICES: "0", HUB_KEY: "k", SLIPWAY_SEED: "7" });
  expect(env).not.toHaveProperty("OTHER_KEY");
  expect(env).not.toHaveProperty("NOT_SET");
});

it("gives the real home to a model that the policy lets have it, and to no other", () => {
  expect(build({ spec: { pass: ["HOME"] }, passable: ["HOME"] }).env["HOME"]).toBe("/home/me");
  expect(() => build({ spec: { pass: ["HOME"] } })).toThrow(/may not name HOME/);
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
