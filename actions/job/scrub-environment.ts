const OWN = /^(ACTIONS_|INPUT_|GITHUB_TOKEN$|GH_TOKEN$)/;

/** Whether a variable is a runner's for the Action alone, and nothing for user code: a token, an input, an address. */
export function isOwn(name: string): boolean {
  return OWN.test(name);
}

/**
 * Takes them out of this process's environment before user code starts. User code's environment is built up from nothing
 * anyway (userEnvironment); this is for what else is started.
 */
export function scrubEnvironment(env: Record<string, string | undefined>): void {
  for (const name of Object.keys(env)) if (isOwn(name)) delete env[name];
}
