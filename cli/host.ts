/** The part of a stream that the CLI writes to: a terminal, a pipe, or a test's memory. */
export interface OutputStream {
  write(text: string): unknown;
  isTTY?: boolean | undefined;
  columns?: number | undefined;
  /** Bytes that whoever reads a pipe has not taken yet. */
  writableLength?: number | undefined;
}

/** What the process gives the CLI, so that a test can give its own. */
export interface Host {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Throws if the current folder was deleted. */
  cwd(): string;
  readonly packageRoot: string;
  readonly signal: AbortSignal;
}
