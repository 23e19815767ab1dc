const HOUR = 60 * 60 * 1_000;
const NAME = /^([A-Za-z0-9_-]+)\/(\d{4})(\d\d)(\d\d)T(\d\d)\/([0-9a-f]{1,16}-[1-9]\d{0,8})\.parquet$/;

/** A file of the log: one model's rows of an hour, by one process. */
export interface LoggedFile {
  model: string;
  /** The hour's begin: milliseconds since 1970. */
  hour: number;
  /** The process's id, `-`, and a number that counts its files. */
  part: string;
}

export const hourOf = (at: number): number => Math.floor(at / HOUR) * HOUR;

/** When an hour of the log is over. */
export const endOf = (hour: number): number => hour + HOUR;

/** The object's name in a store: `penguins/20261129T16/5f3a9c21-3.parquet`. */
export function objectName({ model, hour, part }: LoggedFile): string {
  const text = new Date(hour).toISOString();
  return `${model}/${text.slice(0, 13).replaceAll("-", "")}/${part}.parquet`;
}

/** Undefined for what is no object of a request log. */
export function parseObjectName(name: string): LoggedFile | undefined {
  const [, model, year, month, day, hours, part] = NAME.exec(name) ?? [];
  if (model === undefined || part === undefined) return undefined;
  const hour = Date.parse(`${year}-${month}-${day}T${hours}:00:00.000Z`);
  const file = { model, hour, part };
  return Number.isNaN(hour) || objectName(file) !== name ? undefined : file;
}
