const DOCUMENTATION = "https://docs.github.com/rest";

/** A field of a request that cannot be accepted, as GitHub lists it. */
export interface FieldError {
  resource: string;
  code: "missing" | "missing_field" | "invalid" | "already_exists" | "unprocessable" | "custom";
  field?: string;
  message?: string;
}

/** An answer other than 2xx, in GitHub's words. */
export class Refusal extends Error {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly #errors: readonly FieldError[] | undefined;

  constructor(status: number, message: string, errors?: readonly FieldError[], headers: Record<string, string> = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
    this.#errors = errors;
  }

  get body(): Record<string, unknown> {
    const errors = this.#errors === undefined ? {} : { errors: this.#errors };
    return { message: this.message, ...errors, documentation_url: DOCUMENTATION, status: String(this.status) };
  }
}

export const notFound = () => new Refusal(404, "Not Found");

export const invalid = (resource: string, code: FieldError["code"], field?: string, message?: string) =>
  new Refusal(422, "Validation Failed", [
    { resource, code, ...(field === undefined ? {} : { field }), ...(message === undefined ? {} : { message }) },
  ]);
