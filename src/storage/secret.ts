import { inspect } from 'node:util';

/** Text that must never reach a log, an answer or an error. Only `reveal` gives it. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return '*******';
  }

  toJSON(): string {
    return '*******';
  }

  [inspect.custom](): string {
    return '*******';
  }
}
