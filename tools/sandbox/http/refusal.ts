const DOCUMENTATION = "https://docs.github.com/rest";

/** A field of a request that cannot be accepted, as GitHub lists it. */
interface FieldError {
  resource: string;
  code: "missing_field" | "invalid" | "custom";
  field?: string;
  message?: string;
}

/** An answer other than 2xx, in GitHub's words. */
export class Refusal extends Error {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: object;

  constructor(status: number, message: string, more: { errors?: FieldError[]; headers?: Record<string, string> } = {}) {
    super(message);
    this.status = status;
    this.headers = more.headers ?? {};
    const errors = more.errors === undefined ? {} : { errors: more.errors };
    this.body = { message, ...errors, documentation_url: DOCUMENTATION, status: String(status) };
  }
}

export const notFound = () => new Refusal(404, "Not Found");
export const invalid = (error: FieldError) => new Refusal(422, "Validation Failed", { errors: [error] });
