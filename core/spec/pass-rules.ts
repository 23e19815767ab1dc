import type { ModelSpec } from "../../schemas/model-spec.ts";
import type { Policy } from "../../schemas/policy.ts";
import type { Diagnostics } from "./diagnostics.ts";

/** What every spec may have handed on: it says how much of a machine to use, and tells nothing. */
export const HARMLESS: ReadonlySet<string> = new Set([
  ...["CUDA_VISIBLE_DEVICES", "CUDA_DEVICE_ORDER", "NVIDIA_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES"],
  ...["ROCR_VISIBLE_DEVICES", "ZE_AFFINITY_MASK"],
  ...["OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"],
  ...["RAYON_NUM_THREADS", "JULIA_NUM_THREADS", "POLARS_MAX_THREADS", "TOKENIZERS_PARALLELISM"],
  ...["LANG", "LC_ALL", "LC_CTYPE", "TZ", "NO_COLOR", "TERM"],
]);

const CREDENTIAL =
  /(^|_)(TOKEN|SECRETS?|PASSWORD|PASSWD|PASSPHRASE|CREDENTIALS?|AUTH|PRIVATE_?KEY|API_?KEY|ACCESS_?KEY|SECRET_?KEY|AUTH_SOCK)(_|$)/i;
const HOSTS_OWN = /^(GITHUB|ACTIONS|RUNNER|INPUT)_/;
/** Where programs that open a store find what opens it. */
const LEADS_TO_CREDENTIALS = /^(DOCKER_CONFIG|AWS_(PROFILE|CONFIG_FILE|ROLE_ARN|SHARED_\w+|CONTAINER_\w+))$/;

/** The names that a policy lets specs hand on. */
export const passableBy = (policy: Policy): readonly string[] => policy.environment?.pass ?? [];

/** A spec may pass on what is harmless, and what the policy names; `where` is the policy's place in words. */
export function checkPass(spec: ModelSpec, policy: Policy, report: Diagnostics, where = "slipway.yaml"): void {
  const passable = new Set(passableBy(policy));
  (spec.environment?.pass ?? []).forEach((name, i) => {
    if (HARMLESS.has(name) || passable.has(name) || /^SLIPWAY_/i.test(name)) return;
    report.problem(["environment", "pass", i], "SPEC_INVALID", `${where} does not let a model have ${name}`, {
      expected: `a name that environment.pass of ${where} lists, or one of ${[...HARMLESS].slice(0, 3).join(", ")} …`,
      found: name,
      hint: isCredential(name)
        ? "name a secret under `secrets` in slipway.yaml, by its stage"
        : `add it to slipway.yaml on the default branch: environment: { pass: [${name}] }`,
    });
  });
}

/** A policy names no credential here: it would reach every model's code. */
export function checkPassable(policy: Policy, report: Diagnostics): void {
  passableBy(policy).forEach((name, i) => {
    const keys = ["environment", "pass", i];
    if (/^SLIPWAY_/i.test(name)) {
      report.problem(keys, "POLICY_INVALID", `${name} is set by the platform`, {
        expected: "a variable of the caller's",
      });
    } else if (isCredential(name)) {
      report.problem(keys, "POLICY_INVALID", `${name} sounds like a credential`, {
        expected: "a variable that holds none",
        hint: "name a secret under `secrets`, by its stage",
      });
    }
  });
}

function isCredential(name: string): boolean {
  return CREDENTIAL.test(name) || HOSTS_OWN.test(name) || LEADS_TO_CREDENTIALS.test(name);
}
