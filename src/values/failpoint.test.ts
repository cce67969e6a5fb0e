import { afterEach, expect, it } from 'vitest';
import { failpoint } from './failpoint.js';

afterEach(() => {
  delete process.env['CALYPSO_FAILPOINTS'];
});

it('does nothing unless it is named', () => {
  failpoint('ingest.staged');
  process.env['CALYPSO_FAILPOINTS'] = 'ingest.before-commit=error';
  failpoint('ingest.staged');
});

it('fails at the pass that is named, and at no other', () => {
  process.env['CALYPSO_FAILPOINTS'] = 'ingest.staged=error@2, ingest.before-commit=error';
  failpoint('ingest.staged');
  expect(() => failpoint('ingest.before-commit')).toThrow('Failpoint ingest.before-commit');
  expect(() => failpoint('ingest.staged')).toThrow('Failpoint ingest.staged');
  failpoint('ingest.staged');
});

it.each(['nowhere=kill', 'ingest.staged', 'ingest.staged=burn', 'ingest.staged=kill@x'])(
  'refuses %s, which would never fire',
  (setting) => {
    process.env['CALYPSO_FAILPOINTS'] = setting;
    expect(() => failpoint('ingest.staged')).toThrow('CALYPSO_FAILPOINTS');
  },
);
