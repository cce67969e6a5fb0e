import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { kqlSupport, PAGE } from '../../scripts/kql-support.js';

it('docs/kql-support.md says what the code answers: run `npm run kql-support` after a change', () => {
  expect(readFileSync(PAGE, 'utf8')).toBe(kqlSupport());
});
