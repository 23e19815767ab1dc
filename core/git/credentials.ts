/**
 * A token for Git over HTTP, for one server alone, as a process's environment: on no command line and on no disk. Not
 * sent along to where the server redirects to, and no helper of the machine is asked. A stalled transfer is ended.
 */
export function tokenEnvironment(
  server: string,
  token: string,
  outer: Readonly<Record<string, string | undefined>> = process.env,
): Record<string, string> {
  const basic = Buffer.from(`x-access-token:${token}`).toString("base64");
  return gitConfiguration(
    {
      [`http.${server}/.extraHeader`]: `Authorization: Basic ${basic}`,
      "http.followRedirects": "false",
      "credential.helper": "",
      "http.lowSpeedLimit": "1000",
      "http.lowSpeedTime": "30",
    },
    outer,
  );
}

/** Settings of Git through GIT_CONFIG_*, behind those that the environment has already. */
export function gitConfiguration(
  settings: Readonly<Record<string, string>>,
  outer: Readonly<Record<string, string | undefined>> = process.env,
): Record<string, string> {
  const first = Number(outer["GIT_CONFIG_COUNT"] ?? 0) || 0;
  const entries = Object.entries(settings);
  const pairs = entries.flatMap(([key, value], at) => [
    [`GIT_CONFIG_KEY_${first + at}`, key],
    [`GIT_CONFIG_VALUE_${first + at}`, value],
  ]);
  return { ...Object.fromEntries(pairs), GIT_CONFIG_COUNT: String(first + entries.length) };
}
