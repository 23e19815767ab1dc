/** What a run of the workflow `monitor` is for: all models, or those that somebody named, and where the answer belongs. */
export interface MonitorTitle {
  /** As they were named, with spaces between; empty for all. */
  models: string;
  /** The number of the issue or pull request where somebody asked; undefined where nobody did. */
  thread?: number | undefined;
}

/** The run's name, by which it is known on GitHub: the workflow's `run-name` makes the same of its inputs. */
export function formatMonitorTitle({ models, thread }: MonitorTitle): string {
  return `Monitor ${models || "all models"}${thread === undefined ? "" : `, for #${thread}`}`;
}

/** The number of the thread that a run was asked for in; undefined where its name has none. */
export function threadOfMonitorTitle(title: string): number | undefined {
  const number = /^Monitor .*, for #([1-9]\d{0,8})$/.exec(title)?.[1];
  return number === undefined ? undefined : Number(number);
}
