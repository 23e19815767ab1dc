import type { SlipwayError } from "../core/errors.ts";
import type { Colors } from "./colors.ts";
import type { Progress } from "./progress.ts";

/** What a command is run with, besides its own arguments and options. */
export interface Session {
  /** Where it works: the current folder, or `-C`. Absolute. */
  readonly folder: string;
  /** The root of Slipway's own package: examples/ and schemas/json/ are in it. */
  readonly packageRoot: string;
  /** The table of commands: what completion is made from. */
  readonly commands: readonly CommandDefinition[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly json: boolean;
  readonly verbose: boolean;
  /** No progress, and of several answers one line each. */
  readonly quiet: boolean;
  /** Aborted by SIGINT and SIGTERM; the reason is a SlipwayError with INTERRUPTED. */
  readonly signal: AbortSignal;
  /** Stderr is a terminal: somebody reads it as it comes. */
  readonly isWatched: boolean;
  /** Goes to stderr. */
  readonly progress: Progress;
  /** For `Outcome.text`. */
  readonly colors: Colors;
  /** Answers before the command ends, instead of at its end: of one that serves until it is interrupted. */
  answer(outcome: CommandOutcome): void;
  /** Columns of the terminal that `Outcome.text` goes to. */
  readonly width: number;
}

export interface CommandOutcome {
  /** What `--json` prints: the command's entry of CLI_RESULTS. */
  result: unknown;
  /** What a person reads on stdout. Values from users' files pass through `plainLine` or `plainText` first. */
  text: string;
  /** Instead of `text`, an export: printed as it is, byte by byte. */
  raw?: string;
  /** A decision that said no: told on stderr after `text`, and it sets the exit code. */
  refusal?: SlipwayError;
}

export type Arguments = Record<string, string | string[] | undefined>;
export type Options = Record<string, string | number | boolean | undefined>;

/** A file under cli/commands/. Its `run` names the arguments and options it reads in its own parameter types. */
interface CommandModule {
  run(session: Session, args: Arguments, options: Options): Promise<CommandOutcome>;
}

/** What shell completion offers for an argument. */
type ArgumentKind = "model" | "stage" | "run" | "folder" | "file" | "word";

interface ArgumentDefinition {
  name: string;
  kind: ArgumentKind;
  summary: string;
  required?: boolean;
  variadic?: boolean;
  choices?: readonly string[];
}

export interface OptionDefinition {
  /** As commander writes them: `--jobs <n>`. */
  flags: string;
  summary: string;
  choices?: readonly string[];
  default?: string;
  /** A whole number from 1. */
  count?: boolean;
  /** It may stand several times: its values in order. */
  repeat?: boolean;
}

export interface CommandDefinition {
  name: string;
  summary: string;
  arguments: readonly ArgumentDefinition[];
  options: readonly OptionDefinition[];
  examples: readonly { command: string; does: string }[];
  /** Imports the command's code: only when it runs. */
  load(): Promise<CommandModule>;
}
