import { describe, expect, it } from 'vitest';
import { refuseDoubling } from './growth.js';

const chain = (levels: number, next: (before: string) => string): string =>
  Array.from({ length: levels }, (_, i) => `let a${i + 1} = ${next(`a${i}`)};`).join(' ');

describe('let statements', () => {
  it('that double from one to the next are refused before the official binder meets them', () => {
    const tables = `let a0 = datatable(x:long)[1]; ${chain(24, (a) => `union ${a}, ${a}`)} a24`;
    expect(() => refuseDoubling(tables)).toThrow(/let statements/);
    const functions = `let a0 = (x:long) { x }; ${chain(24, (a) => `(x:long) { ${a}(x) + ${a}(x) }`)} print a24(1)`;
    expect(() => refuseDoubling(functions)).toThrow(/let statements/);
  });

  it('may be many, and long, as long as names do not double', () => {
    expect(() => refuseDoubling(`let a0 = 1; ${chain(200, (a) => `${a} + 1`)} print a200`)).not.toThrow();
    const cells = Array.from({ length: 5_000 }, (_, i) => i).join(',');
    expect(() => refuseDoubling(`${chain(20, () => `datatable(x:long)[${cells}]`)} a20 | count`)).not.toThrow();
  });
});
