/** What a runner hands to an Action and user code has no business with: tokens, and the addresses that they open. */
const OWN = /^(ACTIONS_|INPUT_|GITHUB_TOKEN$|GH_TOKEN$)/;

/**
 * Takes them out of this process's environment before user code starts. User code's environment is built up from nothing
 * anyway (userEnvironment); this is for what else is started.
 */
export function scrubEnvironment(env: Record<string, string | undefined>): void {
  for (const name of Object.keys(env)) if (OWN.test(name)) delete env[name];
}
