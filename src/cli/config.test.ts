import { describe, expect, it } from 'vitest';
import { parseConfiguration } from './config.js';

describe('parseConfiguration', () => {
  it('fills in defaults, reads timespans, and resolves paths from the folder of the file', () => {
    const configuration = parseConfiguration(
      `server: { tls: { certificate: a.pem, key: /k.pem } }
localRoots: [import, /abs]
limits: { queryTimeout: 30s, commandTimeout: '00:05:00' }`,
      '/etc/calypso',
    );
    expect(configuration).toMatchObject({
      server: { host: '127.0.0.1', port: 8080, tls: { certificate: '/etc/calypso/a.pem', key: '/k.pem' } },
      data: '/etc/calypso/data',
      localRoots: ['/etc/calypso/import', '/abs'],
      limits: { queryTimeout: 30_000, commandTimeout: 300_000, maxTimeout: 3_600_000 },
      security: { admins: [] },
    });
  });

  it.each([
    ['servr: {}', 'servr'],
    ['server: { port: high }', 'server.port'],
    ['server: { port: 70000 }', 'server.port'],
    ['limits: { queryTimeout: soon }', `limits.queryTimeout: must be a timespan`],
    ['security: { admin: [] }', 'security: The security configuration'],
    ['server: [', 'line 1'],
    ['- a', 'file:'],
  ])('refuses %j, and says where', (yaml, message) => {
    expect(() => parseConfiguration(yaml, '/')).toThrow(expect.objectContaining({ code: 'Configuration_Invalid' }));
    expect(() => parseConfiguration(yaml, '/')).toThrow(message);
  });
});
