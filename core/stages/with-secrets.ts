import type { StageContext } from "./run-stage.ts";

/** The caller's environment with the secrets that the policy names for a stage, and no other, whatever the job was handed. */
export function withSecrets(
  { caller, secrets = {}, warn }: Pick<StageContext, "caller" | "secrets" | "warn">,
  names: readonly string[],
): StageContext["caller"] {
  const given = names.filter((name) => Object.hasOwn(secrets, name));
  for (const name of names) {
    if (!given.includes(name))
      warn?.(`The policy names the secret ${name}, and the workflow does not hand it to this job.`);
  }
  return { ...caller, ...Object.fromEntries(given.map((name) => [name, secrets[name]])) };
}
