import { SlipwayError } from "../errors.ts";

/**
 * The policy's `secrets.predict`: programs that predict find them in their environment. Throws SECRET_MISSING, which names those
 * that this process has not.
 */
export function predictSecrets(
  names: readonly string[] | undefined,
  env: Readonly<Record<string, string | undefined>>,
): readonly string[] {
  const missing = (names ?? []).filter((name) => !env[name]);
  if (missing.length === 0) return names ?? [];
  throw new SlipwayError("SECRET_MISSING", "Programs that predict cannot have all secrets that the policy names", {
    expected: `${missing.join(", ")} in the environment of \`slipway serve\`: \`secrets.predict\` of slipway.yaml`,
    found: "not set",
    hint: "Set what is missing, or take it out of slipway.yaml on the default branch.",
  });
}
